#pragma once

#include <QComboBox>
#include <optional>

#include "app/docks/dock_title.h"
#include "app/docks/router_table.h"

namespace moe::app {

/// A number with its name above and its value under uniform routing below.
class Figure : public QWidget {
    Q_OBJECT
  public:
    Figure(const QString& name, const QString& explanation, QWidget* parent = nullptr);
    void set_values(const QString& value, const QString& unit, const QString& reference);
    void set_theme(const DockTheme& theme);

  private:
    QLabel* name_;
    QLabel* value_;
    QLabel* reference_;
    DockTheme theme_;
};

/// How the router of the selected layer decided for the selected token.
class RouterDock : public TitledDock {
    Q_OBJECT
  public:
    explicit RouterDock(QWidget* parent = nullptr);

    /// Nothing selected: says what will appear here.
    void clear(const TraceSnapshot& trace);
    void set_model(const TraceSnapshot& trace, RouterModel model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return table_; }
    const RouterTable* table() const { return table_; }

  Q_SIGNALS:
    void layer_chosen(std::size_t layer);
    void expert_chosen(std::size_t expert);

  private:
    QWidget* header();
    QWidget* figures();
    void show_figures(const RouterModel& model);

    QLabel* token_;
    QLabel* position_;
    QLabel* origin_;
    QComboBox* layer_;
    QWidget* header_row_;
    QWidget* figure_row_;
    Figure* entropy_;
    Figure* chosen_mass_;
    Figure* margin_;
    QLabel* note_;
    RouterTable* table_;
    DockTheme theme_;
};

}  // namespace moe::app
