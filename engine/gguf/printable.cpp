#include "engine/gguf/printable.h"

namespace moe {

std::string printable(std::string_view text) {
    constexpr std::size_t kMaxLength = 80;
    std::string shown(text.substr(0, kMaxLength));
    for (char& c : shown) {
        if (c < ' ' || c > '~') c = '?';
    }
    if (text.size() > kMaxLength) shown += "...";
    return shown;
}

}  // namespace moe
