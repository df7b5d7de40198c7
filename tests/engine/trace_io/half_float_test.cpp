#include "engine/base/half_float.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/engine/trace_io/trace_file_fixture.h"

namespace moe {
namespace {

// The oracle is the definition in IEEE 754-2019 section 3.4, in double.
double value_by_definition(std::uint16_t half) {
    const double sign = (half & 0x8000) != 0 ? -1.0 : 1.0;
    const int exponent = (half >> 10) & 0x1F;
    const double fraction = (half & 0x3FF) / 1024.0;
    if (exponent == 0x1F)
        return fraction == 0.0 ? sign * std::numeric_limits<double>::infinity() : std::nan("");
    if (exponent == 0) return sign * std::ldexp(fraction, -14);
    return sign * std::ldexp(1.0 + fraction, exponent - 15);
}

TEST(HalfFloatTest, ConvertsEveryValueExactly) {
    for (std::uint32_t half = 0; half <= 0xFFFF; ++half) {
        const auto bits = static_cast<std::uint16_t>(half);
        const double expected = value_by_definition(bits);
        const float actual = float_from_half(bits);
        if (std::isnan(expected)) {
            ASSERT_TRUE(std::isnan(actual)) << half;
        } else {
            ASSERT_EQ(static_cast<double>(actual), expected) << half;
            ASSERT_EQ(std::signbit(actual), std::signbit(expected)) << half;
        }
    }
}

// A file as another tool may write it: two-byte experts for a small model, half floats, chunks of any
// length that differ from column to column.
TEST(HalfFloatTest, ColumnsOfOtherToolsAreRead) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.moetrace";
    test::write_trace(path, test::make_shape(1, 4, 1), 3);
    test::RawDatabase(path).execute(
        "DELETE FROM chunk; DELETE FROM trace_column WHERE name = 'router_logits';"
        "UPDATE trace_column SET dtype = 'u16' WHERE name = 'experts';"
        "UPDATE trace_column SET dtype = 'f16' WHERE name = 'weights';"
        "INSERT INTO chunk(run, trace_column, pos0, n, codec, data) VALUES"
        "(1, 1, 0, 2, 0, x'0300FFFF'), (1, 1, 2, 1, 0, x'0100'), (1, 2, 0, 1, 0, x'003C'), "
        "(1, 2, 1, 2, 0, x'0038' || x'0000')");
    // The concatenation is text in SQLite: make it a blob.
    test::RawDatabase(path).execute("UPDATE chunk SET data = CAST(data AS BLOB)");
    const auto reader = test::expect_value(MoetraceReader::open(path));
    const TraceSnapshot trace = test::expect_value(reader->read_run(0))->snapshot();
    EXPECT_EQ(trace.experts(0, 0)[0], 3);
    EXPECT_EQ(trace.experts(1, 0)[0], kNoExpert);
    EXPECT_EQ(trace.experts(2, 0)[0], 1);
    EXPECT_EQ(trace.weights(0, 0)[0], 1.0f);
    EXPECT_EQ(trace.weights(1, 0)[0], 0.5f);
    EXPECT_EQ(trace.weights(2, 0)[0], 0.0f);
}

}  // namespace
}  // namespace moe
