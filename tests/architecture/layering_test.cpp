#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace moe {
namespace {

using Folders = std::set<std::string>;

// The arrows of the house: a folder may include what it points at and everything below that. Every
// folder may use engine/base.
const std::map<std::string, Folders>& arrows() {
    static const std::map<std::string, Folders> map{
        {"engine/base", {}},
        {"engine/quant", {}},
        {"engine/trace", {}},
        {"engine/gguf", {"engine/quant"}},
        {"engine/kernels", {"engine/quant"}},
        {"engine/jinja", {}},
        {"engine/tokenizer", {"engine/gguf", "engine/jinja"}},
        {"engine/nn", {"engine/kernels"}},
        {"engine/moe", {"engine/kernels"}},
        {"engine/blocks", {"engine/moe", "engine/nn"}},
        {"engine/model", {"engine/blocks", "engine/gguf", "engine/trace"}},
        {"engine/families", {"engine/model"}},
        {"engine/trace_io", {"engine/trace"}},
        {"engine/stats", {"engine/trace"}},
        {"engine/session", {"engine/families", "engine/tokenizer", "engine/trace"}},
        {"engine/worker", {"engine/session", "engine/trace_io"}},
        {"render", {"engine/stats", "engine/trace"}},
        {"app/viewport", {"render"}},
        {"app/docks", {"engine/stats", "engine/worker"}},
        {"app/shell", {"app/docks", "app/viewport", "engine/worker"}},
        {"app/cli", {"app/viewport", "engine/worker"}},
        {"app", {"app/cli", "app/shell"}},
    };
    return map;
}

Folders reachable_from(const std::string& folder) {
    Folders found{folder, "engine/base"};
    std::vector<std::string> open{folder};
    while (!open.empty()) {
        const std::string current = open.back();
        open.pop_back();
        for (const std::string& next : arrows().at(current)) {
            if (found.insert(next).second) open.push_back(next);
        }
    }
    return found;
}

/// The longest folder of the map that holds `path` ("render/gpu/device.h" is in "render").
std::string folder_of(const std::string& path) {
    std::string best;
    for (const auto& [folder, ignored] : arrows()) {
        if (path.starts_with(folder + "/") && folder.size() > best.size()) best = folder;
    }
    return best;
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

/// What stands in the quotes or angle brackets of an include line, else nothing.
std::string included(const std::string& line) {
    const std::size_t begin = line.find_first_of("\"<", line.find("#include"));
    if (!line.starts_with("#include") || begin == std::string::npos) return {};
    return line.substr(begin + 1, line.find_first_of("\">", begin + 1) - begin - 1);
}

std::vector<std::string> sources_of_the_house() {
    std::vector<std::string> sources;
    for (const char* top : {"engine", "render", "app"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(MOE_SOURCE_DIR) / top)) {
            const std::string extension = entry.path().extension();
            if (extension != ".h" && extension != ".cpp") continue;
            sources.push_back(std::filesystem::relative(entry.path(), MOE_SOURCE_DIR).string());
        }
    }
    return sources;
}

TEST(LayeringTest, IncludesFollowTheArrows) {
    const std::vector<std::string> sources = sources_of_the_house();
    ASSERT_GT(sources.size(), 50u);
    for (const std::string& source : sources) {
        const std::string folder = folder_of(source);
        ASSERT_FALSE(folder.empty()) << source << " lies in a folder that the arrows do not know";
        const Folders allowed = reachable_from(folder);
        for (const std::string& line : lines_of(std::filesystem::path(MOE_SOURCE_DIR) / source)) {
            const std::string target = folder_of(included(line));
            if (target.empty()) continue;
            EXPECT_TRUE(allowed.contains(target)) << source << " must not include " << target << ": " << line;
        }
    }
}

TEST(LayeringTest, LibrariesStayWhereTheyBelong) {
    for (const std::string& source : sources_of_the_house()) {
        for (const std::string& line : lines_of(std::filesystem::path(MOE_SOURCE_DIR) / source)) {
            const std::string name = included(line);
            if (name.empty()) continue;
            const bool is_qt = name.starts_with("Q") && name.find('/') == std::string::npos && name.find('.') == std::string::npos;
            const auto expect = [&](bool is_subject, bool holds, const char* rule) {
                EXPECT_TRUE(!is_subject || holds) << source << " includes " << name << ": " << rule;
            };
            expect(is_qt, source.starts_with("app/"), "Qt lives in app/");
            expect(name.starts_with("vulkan/"), !source.starts_with("engine/"), "no Vulkan in engine/");
            expect(name.starts_with("imgui"), source.starts_with("app/viewport/"), "ImGui lives in app/viewport/");
            expect(name.starts_with("dnnl") || name.starts_with("oneapi/"),
                   source == "engine/kernels/onednn_matmul.cpp", "oneDNN lives in one file");
            expect(name.starts_with("sqlite3"), source.starts_with("engine/trace_io/"), "SQLite lives in trace_io/");
        }
    }
}

TEST(LayeringTest, NoFileIsLongerThanFourHundredLines) {
    for (const std::string& source : sources_of_the_house()) {
        EXPECT_LE(lines_of(std::filesystem::path(MOE_SOURCE_DIR) / source).size(), 400u) << source;
    }
}

}  // namespace
}  // namespace moe
