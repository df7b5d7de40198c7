#pragma once

#include <vulkan/vulkan.h>  // before any Qt header: qvulkaninstance.h would hide the prototypes

#include <QImage>
#include <QString>
#include <QWidget>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/viewport/presenter_choice.h"
#include "render/frame_input.h"
#include "render/renderer.h"
#include "render/scene/expert_arrangement.h"
#include "render/scene/heatmap_value.h"

namespace moe::app {

/// What the picture shows: plain values prepared by the shell.
struct PictureModel {
    TraceSnapshot trace;                      ///< may be empty
    std::optional<TraceShape> planned_shape;  ///< the model's columns while nothing was run
    std::vector<TokenRecord> planned_tokens;  ///< the prompt's tokens while nothing was run
    render::Theme theme = render::kDarkTheme;
    render::CellRef selection;
    std::vector<std::size_t> noted_tokens = {};  ///< ascending
    std::optional<std::pair<std::size_t, std::size_t>> range = {};  ///< the selected one, half-open
    bool follows = true;   ///< the newest row stays in view
    bool is_live = false;  ///< a row is being generated: a cursor stands at the end
    bool is_partly_read = false;  ///< the rest is on its way from a file
    bool reduced_motion = false;
    bool shows_frame_time = false;
    double ui_scale = 1.0;   ///< presentation scale
    QString busy_text;       ///< not empty: a thin bar under the strip says what and how far
    double busy_share = -1;  ///< 0 to 1, or below 0 for unknown
};

/// What the user may set about the picture; the shell mirrors each in a QAction.
struct PictureOptions {
    render::Orientation orientation = render::Orientation::TokensDown;
    render::HeatmapValue value = render::HeatmapValue::AppliedWeight;
    render::Fold fold = render::Fold::Max;
    render::ColorScale scale;
    render::ArrangementChoice arrangement;  ///< of layers and experts
    bool operator==(const PictureOptions&) const = default;
};

/// The picture: heatmap, header, gutter, load histogram and the cards on top, drawn by the render library
/// on a thread of its own, shown by read-back or by a swapchain in a native window above. Mouse: the wheel
/// scrolls, with Ctrl it zooms about the cursor, with Shift it goes across; a drag pans, a click selects, a
/// double click fits. With tokens across, what is said of rows is so of columns. Keyboard: page keys, + and
/// -, F; arrows, Space, Home and End are left to the window's commands. Falls back to the software renderer
/// where there is no Vulkan and says so.
class PictureView : public QWidget {
    Q_OBJECT
  public:
    enum class Backend { Best, Software };
    explicit PictureView(Backend backend = Backend::Best, QWidget* parent = nullptr);
    ~PictureView() override;

    void set_model(PictureModel model);  ///< cheap; draws only if something changed
    const PictureModel& model() const;
    void set_options(const PictureOptions& options);
    const PictureOptions& options() const;
    /// From the next frame on. MOESCOPE_RESOLVE (cpu, gpu) in the environment wins.
    void set_resolve(render::ResolveOn place);
    /// At once. MOESCOPE_PRESENTER wins, see PresenterChoice.
    void set_presenter(PresenterChoice choice);

    render::CellMeaning meaning() const;  ///< of the values on the colour map now
    std::size_t n_layers() const;
    std::size_t n_experts() const;  ///< of a layer; 0 while nothing is known
    /// Sorts the experts by the run as it is now; until then later tokens do not move columns.
    void arrange_again();
    void fit_color_range();  ///< to the 1st and 99th percentile of what is in view
    void reset_color_range();

    void zoom_rows(int steps);  ///< > 0 nearer, about the selection or the centre
    void zoom_columns(int steps);
    void fit_columns();      ///< all layers and experts across the width
    void frame_selection();  ///< scrolls and zooms so that the selection is in the middle
    void scroll_to_token(std::size_t position);
    /// The spike that a folded picture hides next after the selection, or the one before.
    std::optional<render::CellRef> next_hidden_spike() const;
    std::optional<render::CellRef> previous_hidden_spike() const;
    std::optional<std::pair<std::size_t, std::size_t>> visible_tokens() const;  ///< half-open

    /// "Vulkan: llvmpipe, CPU resolve, read-back", or "Software: REASON".
    QString backend_description() const;
    double last_frame_ms() const;
    QImage picture() const;     ///< the last finished frame, device pixels; read back where a window shows it
    /// The picture as a document of shapes and text, without the cards.
    std::string picture_as_svg() const;
    bool is_settled() const;    ///< no frame in work and none wanted: what is shown is current
    bool is_presented() const;  ///< the last frame was shown by a swapchain
    void lose_device(int count);  ///< the next `count` attempts to draw lose their device; for tests

  Q_SIGNALS:
    void selected(moe::render::CellRef cell);  ///< the user chose a cell
    void hovered(moe::render::CellRef cell);
    void follow_changed(bool follows);  ///< scrolling up stops following
    void options_changed(moe::app::PictureOptions options);
    void visible_tokens_changed();
    void frame_done();
    void backend_changed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace moe::app
