// `moescope stats`: every figure counted again from the trace, the slow and obvious way.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "engine/stats/load_null.h"
#include "tests/engine/trace_io/trace_file_fixture.h"
#include "tests/support/process.h"

namespace moe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr double kTolerance = 1e-9;
/// Sums of floats in another order.
constexpr double kFloatTolerance = 1e-6;

test::ProcessResult moescope(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), MOESCOPE_PROGRAM);
    return test::run_process(arguments, "");
}

json stats_of(const std::string& trace, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"stats", trace, "--json"});
    const test::ProcessResult result = moescope(options);
    EXPECT_EQ(result.status, 0) << result.errors;
    return json::parse(result.output);
}

void expect_number(const json& value, double expected, double tolerance, const std::string& what) {
    ASSERT_TRUE(value.is_number()) << what << ": " << value;
    EXPECT_NEAR(value.get<double>(), expected, tolerance) << what;
}

std::vector<std::size_t> used(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    std::vector<std::size_t> experts;
    for (const std::uint16_t expert : trace.experts(position, layer)) {
        if (expert != kNoExpert) experts.push_back(expert);
    }
    return experts;
}

double choose(std::size_t n, std::size_t k) {
    if (k > n) return 0.0;
    double result = 1.0;
    for (std::size_t i = 0; i < k; ++i) result *= static_cast<double>(n - i) / static_cast<double>(i + 1);
    return result;
}

/// Checks the loads of a layer against FORMATS section 4.
void expect_loads(const json& layer, const std::vector<std::size_t>& counts) {
    const auto n_experts = static_cast<double>(counts.size());
    const double total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
    EXPECT_EQ(layer["tokens_per_expert"].get<std::vector<std::size_t>>(), counts);
    double largest = 0, squares = 0, entropy = 0, differences = 0;
    std::size_t n_dead = 0;
    for (std::size_t expert = 0; expert < counts.size(); ++expert) {
        const double count = static_cast<double>(counts[expert]);
        const double share = count / total;
        expect_number(layer["load_share"][expert], share, kTolerance, "load_share");
        largest = std::max(largest, count);
        squares += std::pow(count - total / n_experts, 2);
        if (count > 0) entropy -= share * std::log(share);
        if (share < 0.1 / n_experts) ++n_dead;
        for (const std::size_t other : counts) differences += std::abs(count - static_cast<double>(other));
    }
    const double mean = total / n_experts;
    expect_number(layer["max_violation"], largest / mean - 1, kTolerance, "max_violation");
    expect_number(layer["cv"], std::sqrt(squares / n_experts) / mean, kTolerance, "cv");
    // The other definition of the Gini coefficient: mean absolute difference / twice the mean.
    expect_number(layer["gini"], differences / (n_experts * n_experts) / (2 * mean), kTolerance, "gini");
    expect_number(layer["normalized_entropy"], entropy / std::log(n_experts), kTolerance, "entropy");
    expect_number(layer["effective_experts"], std::exp(entropy), kTolerance, "effective_experts");
    EXPECT_EQ(layer["dead_experts"], n_dead);
}

/// Checks entropy, chosen mass and margin of softmax gating.
void expect_router(const json& json_layer, const TraceSnapshot& trace, std::size_t layer,
                   const std::vector<std::size_t>& positions) {
    double entropy = 0, mass = 0, margin = 0;
    std::size_t n_margins = 0;
    for (const std::size_t position : positions) {
        const std::vector<float> logits = test::router_logits_of(trace, position, layer);
        std::vector<double> p(logits.begin(), logits.end());
        double sum = 0;
        for (double& value : p) sum += value = std::exp(value);
        for (double& value : p) value /= sum;
        for (const double value : p) entropy -= value * std::log(value);
        const std::vector<std::size_t> chosen = used(trace, position, layer);
        for (const std::size_t expert : chosen) mass += p[expert];
        std::sort(p.rbegin(), p.rend());
        if (chosen.empty() || chosen.size() == p.size()) continue;
        margin += p[chosen.size() - 1] - p[chosen.size()];
        ++n_margins;
    }
    const auto n = static_cast<double>(positions.size());
    expect_number(json_layer["router_entropy"], entropy / n, kFloatTolerance, "router_entropy");
    expect_number(json_layer["chosen_mass"], mass / n, kFloatTolerance, "chosen_mass");
    expect_number(json_layer["margin"], margin / static_cast<double>(n_margins), kFloatTolerance, "margin");
}

/// Checks repetition and its null; neighbours must both be selected.
void expect_repetition(const json& json_layer, const TraceSnapshot& trace, std::size_t layer,
                       const std::vector<std::size_t>& positions) {
    const std::size_t n_experts = trace.shape().n_experts;
    double n = 0, first = 0, any = 0, overlap = 0, null_any = 0, null_overlap = 0;
    for (std::size_t index = 1; index < positions.size(); ++index) {
        if (positions[index] != positions[index - 1] + 1) continue;
        const auto before = used(trace, positions[index - 1], layer);
        const auto now = used(trace, positions[index], layer);
        if (before.empty() || now.empty()) continue;
        std::size_t shared = 0;
        for (const std::size_t expert : now) shared += std::count(before.begin(), before.end(), expert) > 0;
        n += 1;
        first += trace.experts(positions[index], layer)[0] == trace.experts(positions[index - 1], layer)[0];
        any += shared > 0;
        const double larger = static_cast<double>(std::max(before.size(), now.size()));
        overlap += static_cast<double>(shared) / larger;
        null_any += 1 - choose(n_experts - before.size(), now.size()) / choose(n_experts, now.size());
        null_overlap +=
            static_cast<double>(before.size() * now.size()) / static_cast<double>(n_experts) / larger;
    }
    if (n == 0) {
        EXPECT_TRUE(json_layer["repeat_any"].is_null());
        return;
    }
    expect_number(json_layer["repeat_first"], first / n, kTolerance, "repeat_first");
    expect_number(json_layer["repeat_any"], any / n, kTolerance, "repeat_any");
    expect_number(json_layer["overlap"], overlap / n, kTolerance, "overlap");
    const json& null = json_layer["repeat_null"];
    expect_number(null["first"], 1.0 / static_cast<double>(n_experts), kTolerance, "null first");
    expect_number(null["any"], null_any / n, kTolerance, "null any");
    expect_number(null["overlap"], null_overlap / n, kTolerance, "null overlap");
}

void expect_pairs(const json& stats, const TraceSnapshot& trace, std::size_t layer,
                  const std::vector<std::size_t>& positions) {
    const std::size_t n_experts = trace.shape().n_experts;
    std::vector<std::vector<std::size_t>> together(n_experts, std::vector<std::size_t>(n_experts));
    auto flow = together;
    const bool has_next = layer + 1 < trace.shape().n_layers;
    for (const std::size_t position : positions) {
        for (const std::size_t one : used(trace, position, layer)) {
            for (const std::size_t other : used(trace, position, layer)) ++together[one][other];
            if (!has_next) continue;
            for (const std::size_t next : used(trace, position, layer + 1)) ++flow[one][next];
        }
    }
    EXPECT_EQ(stats["layers"][layer]["coactivation"], json(together));
    if (has_next) {
        EXPECT_EQ(stats["flow"][layer]["counts"], json(flow));
    }
}

/// All of `stats` against the trace itself, for the positions that the options select.
void expect_stats(const json& stats, const TraceSnapshot& trace, const std::vector<std::size_t>& positions) {
    ASSERT_EQ(stats["n_tokens"], positions.size());
    ASSERT_EQ(stats["layers"].size(), trace.shape().n_layers);
    for (std::size_t layer = 0; layer < trace.shape().n_layers; ++layer) {
        const json& json_layer = stats["layers"][layer];
        EXPECT_EQ(json_layer["layer"], trace.shape().layer_ids[layer]);
        std::vector<std::size_t> counts(trace.shape().n_experts);
        for (const std::size_t position : positions) {
            for (const std::size_t expert : used(trace, position, layer)) ++counts[expert];
        }
        expect_loads(json_layer, counts);
        expect_router(json_layer, trace, layer, positions);
        expect_repetition(json_layer, trace, layer, positions);
        expect_pairs(stats, trace, layer, positions);
    }
}

class StatsTest : public ::testing::Test {
  protected:
    /// Random routing; one in sixteen last slots is unused, positions 0 to 3 are prefill.
    TraceSnapshot write(std::size_t n_tokens, const TraceShape& shape = test::make_shape(3, 12, 3)) {
        test::write_trace(file_, shape, n_tokens);
        const auto reader = test::expect_value(MoetraceReader::open(file_));
        return test::expect_value(reader->read_run(0))->snapshot();
    }

    const test::TemporaryFolder folder_;
    const std::string file_ = folder_.path() / "a.moetrace";
};

std::vector<std::size_t> range(std::size_t first, std::size_t end) {
    std::vector<std::size_t> positions(end - first);
    std::iota(positions.begin(), positions.end(), first);
    return positions;
}

TEST_F(StatsTest, EveryFigureIsWhatTheTraceSays) {
    const TraceSnapshot trace = write(150);
    const json all = stats_of(file_, {"--coactivation", "--flow"});
    EXPECT_EQ(all["schema"], 1);
    EXPECT_EQ(all["run"], 1);
    EXPECT_EQ(all["range"], (json{0, 150}));
    EXPECT_TRUE(all["phase"].is_null());
    EXPECT_EQ(all["n_experts"], 12);
    EXPECT_EQ(all["top_k"], 3);
    EXPECT_EQ(all["null_method"], "monte carlo, seed 1, 4000 draws");
    expect_stats(all, trace, range(0, 150));
    EXPECT_EQ(all["flow"][1]["from"], trace.shape().layer_ids[1]);
    EXPECT_EQ(all["flow"][1]["to"], trace.shape().layer_ids[2]);
}

TEST_F(StatsTest, ARangeAndAPhaseSelectPositions) {
    const TraceSnapshot trace = write(150);
    expect_stats(stats_of(file_, {"--range", "60:131", "--coactivation", "--flow"}), trace, range(60, 131));
    expect_stats(stats_of(file_, {"--range", ":70", "--coactivation", "--flow"}), trace, range(0, 70));
    expect_stats(stats_of(file_, {"--phase", "prefill", "--coactivation", "--flow"}), trace, range(0, 4));
    const json decode = stats_of(file_, {"--phase", "decode", "--range", "2:", "--coactivation", "--flow"});
    EXPECT_EQ(decode["phase"], "decode");
    EXPECT_EQ(decode["range"], (json{2, 150}));
    expect_stats(decode, trace, range(4, 150));
}

// Two independent ways to one figure: the prompt and the generated tokens together are all tokens.
TEST_F(StatsTest, PrefillAndDecodeAddUpToAll) {
    write(100);
    const json all = stats_of(file_), prefill = stats_of(file_, {"--phase", "prefill"}),
               decode = stats_of(file_, {"--phase", "decode"});
    for (std::size_t layer = 0; layer < 3; ++layer) {
        for (std::size_t expert = 0; expert < 12; ++expert) {
            const auto count = [&](const json& stats) {
                return stats["layers"][layer]["tokens_per_expert"][expert].get<std::size_t>();
            };
            EXPECT_EQ(count(all), count(prefill) + count(decode));
        }
    }
}

TEST_F(StatsTest, TheNullDrawsAsManyExpertsAsTheTokensUsed) {
    const TraceSnapshot trace = write(150);
    const json stats = stats_of(file_);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        MixedRouting routing{.n_experts = 12, .tokens_by_slots = std::vector<std::size_t>(4)};
        for (const std::size_t position : range(0, 150))
            ++routing.tokens_by_slots[used(trace, position, layer).size()];
        const auto null = load_null(routing);
        ASSERT_TRUE(null.has_value());
        EXPECT_EQ(stats["layers"][layer]["null"]["max_violation"], null->max_violation);
        EXPECT_EQ(stats["layers"][layer]["null"]["normalized_entropy"], *null->normalized_entropy);
    }
}

TEST_F(StatsTest, AnEmptySelectionHasCountsOfZeroAndNoRatios) {
    write(20);
    const json stats = stats_of(file_, {"--range", "7:7", "--coactivation", "--flow"});
    EXPECT_EQ(stats["n_tokens"], 0);
    for (const json& layer : stats["layers"]) {
        EXPECT_EQ(layer["tokens_per_expert"], json(std::vector<int>(12, 0)));
        EXPECT_EQ(layer["dead_experts"], 0);
        for (const auto& [key, value] : layer.items()) {
            const bool is_ratio = key != "layer" && key != "tokens_per_expert" && key != "dead_experts" &&
                                  key != "coactivation";
            if (!is_ratio) continue;
            const json parts = value.is_structured() ? value : json{value};
            for (const json& part : parts) EXPECT_TRUE(part.is_null()) << key;
        }
    }
}

TEST_F(StatsTest, OneExpertHasNoEntropies) {
    write(20, test::make_shape(1, 1, 1));
    const json layer = stats_of(file_)["layers"][0];
    EXPECT_TRUE(layer["normalized_entropy"].is_null());
    EXPECT_TRUE(layer["null"]["normalized_entropy"].is_null());
    EXPECT_TRUE(layer["router_entropy"].is_null());
    EXPECT_TRUE(layer["margin"].is_null());
    EXPECT_EQ(layer["max_violation"], 0.0);
}

TEST_F(StatsTest, SlotsWithoutAnOrderHaveNoFavourite) {
    write(30);
    test::RawDatabase(file_).execute("UPDATE trace_column SET note = 'unranked' WHERE name = 'experts'");
    const json layer = stats_of(file_)["layers"][0];
    EXPECT_TRUE(layer["repeat_first"].is_null());
    EXPECT_TRUE(layer["repeat_any"].is_number());
}

// Worked example WE30 of the notes on the science: loads 5, 3, 3, 1 of six tokens with two slots.
TEST_F(StatsTest, ASourceOfCountsAloneFillsWhatCountsAllow) {
    write(0, test::make_shape(2, 4, 2));
    {
        test::RawDatabase database(file_);
        database.execute(
            "INSERT INTO hist VALUES(1,0,0,'prefill',2),(1,0,0,'decode',3),(1,0,1,'prefill',3),"
            "(1,0,2,'prefill',3),(1,0,3,'decode',1)");
    }
    const json stats = stats_of(file_);
    EXPECT_EQ(stats["n_tokens"], 6);
    const json& layer = stats["layers"][0];
    EXPECT_EQ(layer["tokens_per_expert"], (json{5, 3, 3, 1}));
    constexpr double kSixDigits = 5e-7;
    expect_number(layer["max_violation"], 0.666667, kSixDigits, "max_violation");
    expect_number(layer["cv"], 0.471405, kSixDigits, "cv");
    expect_number(layer["gini"], 0.25, kSixDigits, "gini");
    expect_number(layer["normalized_entropy"], 0.912506, kSixDigits, "normalized_entropy");
    expect_number(layer["effective_experts"], 3.543098, kSixDigits, "effective_experts");
    EXPECT_TRUE(layer["null"]["cv"].is_number());
    EXPECT_TRUE(layer["router_entropy"].is_null());
    EXPECT_TRUE(layer["overlap"].is_null());
    EXPECT_TRUE(stats["layers"][1]["gini"].is_null());
    EXPECT_EQ(stats_of(file_, {"--phase", "decode"})["layers"][0]["tokens_per_expert"], (json{3, 0, 0, 1}));
    EXPECT_EQ(moescope({"stats", file_, "--range", "0:1"}).status, 1);
}

TEST_F(StatsTest, CsvHasTheScalarsOfTheJson) {
    write(40);
    const json stats = stats_of(file_);
    const test::ProcessResult csv = moescope({"stats", file_, "--csv"});
    ASSERT_EQ(csv.status, 0) << csv.errors;
    std::istringstream lines(csv.output);
    std::string line;
    const auto fields = [&line] {
        std::vector<std::string> parts;
        std::istringstream stream(line);
        for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
        return parts;
    };
    std::getline(lines, line);
    const std::vector<std::string> keys = fields();
    for (const json& layer : stats["layers"]) {
        ASSERT_TRUE(std::getline(lines, line));
        const std::vector<std::string> values = fields();
        ASSERT_EQ(values.size(), keys.size());
        for (std::size_t index = 0; index < keys.size(); ++index) {
            static const std::map<std::string, std::string> kRepeat{
                {"null_repeat_first", "first"}, {"null_repeat_any", "any"}, {"null_overlap", "overlap"}};
            const json& value = kRepeat.contains(keys[index]) ? layer["repeat_null"][kRepeat.at(keys[index])]
                                : keys[index].starts_with("null_") ? layer["null"][keys[index].substr(5)]
                                                                   : layer[keys[index]];
            EXPECT_EQ(std::stod(values[index]), value.get<double>()) << keys[index];
        }
    }
    EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(StatsTest, WritesTheSameBytesEachTime) {
    write(70);
    for (const std::vector<std::string>& options :
         std::vector<std::vector<std::string>>{{"--json", "--coactivation", "--flow"}, {"--csv"}, {}}) {
        std::vector<std::string> words{"stats", file_};
        words.insert(words.end(), options.begin(), options.end());
        EXPECT_EQ(moescope(words).output, moescope(words).output);
    }
    EXPECT_THAT(moescope({"stats", file_}).output, HasSubstr("Load of the experts"));
}

TEST_F(StatsTest, BadUsageEndsWithTwoAndWhatIsNotThereWithOne) {
    write(20);
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"--range", "9:3"},
                                               {"--range", "x"},
                                               {"--range", "1"},
                                               {"--range", "-1:3"},
                                               {"--phase", "x"},
                                               {"--run", "0"},
                                               {"--json", "--csv"},
                                               {"--flow"},
                                               {"--coactivation", "--csv"}}) {
        std::vector<std::string> all{"stats", file_};
        all.insert(all.end(), words.begin(), words.end());
        const test::ProcessResult result = moescope(all);
        EXPECT_EQ(result.status, 2) << words[0] << " " << words.back();
        EXPECT_THAT(result.errors, StartsWith("moescope: "));
        EXPECT_THAT(result.errors, HasSubstr(words[0]));
    }
    const std::string bytes = [&] {
        std::ifstream stream(file_, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    }();
    const std::filesystem::path cut = folder_.path() / "cut.moetrace";
    std::ofstream(cut, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"stats", file_, "--run", "7"},
                                               {"stats", file_, "--range", "0:21"},
                                               {"stats", cut},
                                               {"stats", "missing"}}) {
        const test::ProcessResult result = moescope(words);
        EXPECT_EQ(result.status, 1) << words.back();
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
        EXPECT_THAT(result.errors, HasSubstr("; "));
        EXPECT_EQ(result.output, "");
    }
}

}  // namespace
}  // namespace moe
