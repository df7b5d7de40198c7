#pragma once

#include <QAbstractItemView>
#include <QToolButton>

#include "app/docks/dock_theme.h"
#include "app/docks/dock_title.h"

namespace moe::app {

/// A part of a page that scrolls as one (DockBody): a heading and what stands under it. A list is as high as
/// its rows and scrolls with the page; of many rows the first few show until all are asked for, by the button
/// in the heading or by going down past them. The row that keys chose is scrolled into sight.
class PageSection : public QWidget {
    Q_OBJECT
  public:
    static constexpr int kAllRows = -1;
    /// Takes `content` as its child.
    PageSection(const QString& title, QWidget* content, int n_few_rows = kAllRows);

    void set_title(const QString& title);
    QString title() const { return title_->text(); }
    void set_theme(const DockTheme& theme);
    QToolButton* all_button() const { return all_; }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void show_all(bool shows_all);
    int n_rows() const;
    int n_shown() const;
    void fit();
    void reveal_soon();
    void reveal();

    ElidedLabel* title_;
    QToolButton* all_;
    QAbstractItemView* list_;  // null: the content is none
    int n_few_rows_;
    bool shows_all_ = false;
};

}  // namespace moe::app
