#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <optional>
#include <vector>

#include "app/docks/sampling_form.h"
#include "app/docks/titled_dock.h"
#include "engine/tokenizer/chat_program.h"

namespace moe::app {

/// A prompt to start from.
struct PromptSample {
    QString name;
    QString text;
    QString explanation;  ///< what to look at
};

/// The dock's part about conversations.
struct ChatModel {
    bool is_on = false;         ///< the text is a user's message
    bool is_known = false;      ///< the model names a chat format that is known
    bool goes_on = false;       ///< the run that is shown is a chat: the message goes to its end
    QString why_not_send = {};  ///< to that end; empty when it can be
    std::vector<Thinking> thinking_choices = {};  ///< what the model's template can be told beside nothing
    Thinking thinking = Thinking::Unsaid;
};

/// What the dock shows beside the text that the user edits.
struct PromptModel {
    std::optional<std::size_t> n_tokens;  ///< of the text; nothing while no model can count them
    bool can_run = false;
    QString run_hint;      ///< why it cannot, or what it does
    bool was_run = false;  ///< the button says "Run again"
    ChatModel chat = {};
    /// The prompt of a trace that is shown without a model: it is read, not edited.
    std::optional<QString> recorded = {};
    QString recorded_note = {};  ///< what can be done with it
};

/// The prompt and how the next token is drawn.
class PromptDock : public TitledDock {
    Q_OBJECT
  public:
    PromptDock(std::vector<PromptSample> samples, QWidget* parent = nullptr);

    void set_model(const PromptModel& model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return editor_; }

    QString prompt() const { return own_prompt_.value_or(editor_->toPlainText()); }
    void set_prompt(const QString& text);
    QString system_message() const { return system_->text(); }
    SamplingParams sampling() const { return form_->sampling(); }
    void set_sampling(const SamplingParams& sampling) { form_->set_sampling(sampling); }

  Q_SIGNALS:
    void prompt_edited();
    void sampling_edited();
    void run_requested();
    void send_requested();  ///< to the end of the chat that is shown
    void chat_toggled(bool is_on);
    void system_edited();
    void thinking_chosen(Thinking thinking);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QWidget* editor_row();
    QLayout* chat_row();
    QWidget* button_row();
    void add_chat_widgets(QWidget* row);
    void show_recorded();
    void show_thinking();
    void show_buttons();
    void press_main_button();

    std::vector<PromptSample> samples_;
    PromptModel model_;
    std::optional<QString> own_prompt_;  // the user's, while a recorded one stands in the editor
    QPlainTextEdit* editor_;
    QToolButton* samples_button_;
    QCheckBox* chat_box_;
    QLineEdit* system_;
    QComboBox* thinking_;
    std::vector<Thinking> thinking_offered_;  // in that box
    QLabel* notice_;
    QPushButton* new_chat_button_;
    QPushButton* run_button_;
    DockTitle* sampling_title_;
    SamplingForm* form_;
};

}  // namespace moe::app
