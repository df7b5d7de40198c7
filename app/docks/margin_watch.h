#pragma once

#include <QObject>
#include <memory>

#include "app/docks/asked.h"
#include "engine/stats/margin_sample.h"

namespace moe::app {

/// The margins of the shown run, sampled in the background: what every dock measures a token's margin by.
class MarginWatch : public QObject {
    Q_OBJECT
  public:
    explicit MarginWatch(QObject* parent = nullptr);

    /// The run is this one, or has grown. `identity` tells one run from another (see RunView).
    void follow(const TraceSnapshot& trace, std::uint64_t identity);
    /// Of that run; empty until it was looked at.
    const std::shared_ptr<const MarginSample>& sample() const { return sample_; }
    bool is_settled() const { return sampling_.is_idle(); }

  Q_SIGNALS:
    void changed();

  private:
    std::shared_ptr<const MarginSample> sample_ = std::make_shared<MarginSample>();
    std::uint64_t identity_ = 0;
    Asked<std::uint64_t, std::size_t> asked_;
    Background sampling_;
};

}  // namespace moe::app
