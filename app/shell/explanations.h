#pragma once

#include "app/viewport/picture_view.h"  // first: it includes Vulkan before Qt

#include <QString>
#include <QWidget>
#include <vector>

namespace moe::app {

/// A number, a column or a control of a pane, and what is said of it: formula, unit, source.
struct Explanation {
    QString name;
    QString text;  ///< lines
    bool operator==(const Explanation&) const = default;
};

/// What hovering over the visible parts of a pane would tell, in reading order and each text once: of the
/// parts themselves (what's this, else the tool tip), of a table's columns, its first and its current row.
std::vector<Explanation> explanations_of(const QWidget& pane);

/// The same of the picture: its value, how cells share a pixel, the load below.
std::vector<Explanation> explanations_of_picture(const PictureView& picture);

}  // namespace moe::app
