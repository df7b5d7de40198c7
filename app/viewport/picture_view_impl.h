#pragma once

#include "app/viewport/picture_view.h"

#include <QElapsedTimer>
#include <QTimer>

#include "app/viewport/arranger.h"
#include "app/viewport/input.h"
#include "app/viewport/label_strip.h"
#include "app/viewport/navigation.h"
#include "app/viewport/picture_overlay.h"
#include "app/viewport/presenter.h"
#include "app/viewport/render_thread.h"
#include "app/viewport/spike_walk.h"

namespace moe::app {

/// The state behind a PictureView and its frame loop. All on the GUI thread; the render thread gets values.
///
/// A frame is drawn only if something changed. What wants one calls `changed` (the picture itself) or
/// `input_happened` (the cards may look different); both ask for one turn of `run_frame` from the event
/// loop. While the render thread is busy, turns wait for its answer.
struct PictureView::Impl {
    Impl(PictureView& owner, Backend backend);
    ~Impl();

    PictureView& view;
    PictureModel model;
    PictureOptions options;
    render::FrameInput scene;  ///< what is to be drawn, without texts and cards
    render::Hit hover;
    std::optional<QPointF> pointer;  ///< logical, while over the view
    bool is_keyboard_focus = false;  ///< when it had the focus last
    bool is_press_on_card = false;
    bool is_press_on_overview = false;
    WheelReader wheel;
    DragReader drag;
    PictureOverlay overlay;

    void set_model(PictureModel new_model);
    void set_options(const PictureOptions& new_options);
    void turn();                                  ///< to the orientation of the options
    void arrange();  ///< layers and experts as the options say, of a long run soon
    void set_color_range(float low, float high);  ///< and tells

    RendererChoice renderer;
    PresenterChoice presenter_choice = PresenterChoice::Automatic;
    /// Another presenter where the choice, the device or a failure asks for it.
    void update_presenter();
    void forget_presenter_failure() { presenter_failure.clear(); }
    QString backend_description() const;
    /// The picture as it is now, whoever shows it.
    const QImage& current_image();
    void lose_device(int count);

    void changed();
    void input_happened();
    void hide();
    bool is_settled() const {
        return !is_busy && !is_scheduled && !wants_again && settle_frames == 0 && arranger.is_idle() &&
               !counting_ahead.isActive();
    }

    /// After the user moved about: scrolling away from the newest row stops following, zooming does not.
    enum class Move { Scroll, Zoom };
    void moved(Move move);

    /// Fits the whole run; a second time goes back to rows of the usual height around `token`.
    void toggle_fit(std::size_t token);

    /// The cell that a step over the hidden spikes leads to.
    std::optional<render::CellRef> walk_to(
        std::optional<render::HiddenSpike> (*step)(const SpikeWalk& walk)) const;

    render::Hit hit_at(QPointF position) const;
    QPoint device_pixel(QPointF position) const;
    void push_pointer(QPointF position);
    void push_button(Qt::MouseButton button, bool is_down);
    void set_hover(const render::Hit& hit);

    RenderedFrame front;  ///< what is shown
    QImage front_image;   ///< over the bytes of `front`; of an older frame where a window has the picture
    std::optional<std::pair<std::size_t, std::size_t>> visible;
    double last_ms = 0;

  private:
    void show_arrangement(Arranger::Arrangement arrangement);
    void schedule();
    void run_frame();
    void update_geometry();
    void update_hover();
    void hand_over(render::OverlayMesh mesh);
    void count_ahead();
    void take_frame(RenderedFrame frame);
    void show(RenderedFrame frame);
    void set_front_image();
    void report_visible(const render::PanelLayout& layout);
    void apply(const OverlayIntents& intents);

    Arranger arranger;
    LabelStripCache labels;
    FrameClock clock;
    QTimer counting_ahead;  // the loads of what was not in view yet
    QElapsedTimer since_cards;
    render::OverlayMesh drawn_mesh;
    render::RgbaImage spare;    // the bytes of the frame before, used for the next one
    bool is_busy = false;       // the render thread has a frame
    bool is_scheduled = false;  // a turn waits in the event loop
    bool wants_again = false;   // a turn came while the render thread was busy
    bool needs_picture = true;
    int settle_frames = 0;
    std::unique_ptr<Presenter> presenter;
    std::string
        presenter_failure;  // why there is no swapchain although one was wanted; until the next choice
    RenderThread thread;    // last: it stops before the rest goes
};

}  // namespace moe::app
