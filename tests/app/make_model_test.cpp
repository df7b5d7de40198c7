#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace moe {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class MakeModelTest : public testing::Test {
  protected:
    std::string file() const { return (folder_.path() / "tiny.gguf").string(); }
    static test::ProcessResult moescope(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), MOESCOPE_PROGRAM);
        return test::run_process(arguments, "");
    }
    test::ProcessResult make(const std::vector<std::string>& options) const {
        std::vector<std::string> arguments{"make-model", "--shape", "tiny", "-o", file()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        return moescope(arguments);
    }

    test::TemporaryFolder folder_;
};

TEST_F(MakeModelTest, WritesAModelThatInfoDescribesAndRunRuns) {
    const test::ProcessResult made = make({"--type", "Q4_K_M", "--layers", "3", "--seed", "7"});
    ASSERT_EQ(made.status, 0) << made.errors;
    EXPECT_THAT(made.output, HasSubstr("parameters in Q4_K_M"));
    const test::ProcessResult info = moescope({"info", file(), "--json"});
    ASSERT_EQ(info.status, 0) << info.errors;
    EXPECT_EQ(nlohmann::json::parse(info.output).at("n_layers"), 3);
    const test::ProcessResult run = moescope({"run", "-m", file(), "-p", "any text", "-n", "4"});
    EXPECT_EQ(run.status, 0) << run.errors;
}

TEST_F(MakeModelTest, RefusesWhatItCannotMakeInOneLine) {
    for (const std::vector<std::string>& options : std::vector<std::vector<std::string>>{
             {"--type", "Q9_Z"}, {"--top-k", "9"}, {"--vocab", "100"}, {"--architecture", "bert"}}) {
        const test::ProcessResult made = make(options);
        EXPECT_EQ(made.status, 1) << options[1];
        EXPECT_THAT(made.errors, StartsWith("moescope: ")) << options[1];
        EXPECT_THAT(made.errors, HasSubstr("; ")) << options[1];
        EXPECT_FALSE(std::filesystem::exists(file())) << options[1];
    }
    EXPECT_EQ(moescope({"make-model"}).status, 2);  // no file is named
}

TEST_F(MakeModelTest, ReplacesAFileOnlyWhereThatIsAllowed) {
    ASSERT_EQ(make({"--seed", "1"}).status, 0);
    const auto written = std::filesystem::last_write_time(file());
    const test::ProcessResult again = make({"--seed", "2"});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.errors, HasSubstr("exists already"));
    EXPECT_THAT(again.errors, HasSubstr("--overwrite"));
    EXPECT_EQ(std::filesystem::last_write_time(file()), written);
    EXPECT_EQ(make({"--seed", "2", "--overwrite"}).status, 0);
    EXPECT_EQ(make({"--seed", "2"}).status, 1);
}

}  // namespace
}  // namespace moe
