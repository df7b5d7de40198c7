#pragma once

#include <optional>

#include "app/docks/background.h"

namespace moe::app {

/// What a dock asked last, so that it asks again only when the answer may be another one. `Question` is what
/// is asked, `Extent` how far the run has grown.
template <class Question, class Extent>
class Asked {
  public:
    /// Nothing: the answer that is there, or on its way, holds.
    std::optional<Background::Urgency> urgency_of(const Question& question, const Extent& extent) {
        const bool is_other = question_ != question;
        if (!is_other && extent_ == extent) return std::nullopt;
        question_ = question;
        extent_ = extent;
        return is_other ? Background::Urgency::Now : Background::Urgency::Later;
    }
    void forget() { question_.reset(); }

  private:
    std::optional<Question> question_;
    std::optional<Extent> extent_;
};

}  // namespace moe::app
