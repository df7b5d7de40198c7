#include "tests/support/reference_file.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/base/check.h"

namespace moe::test {
namespace {

template <class T>
std::vector<T> values_of(const std::string& bytes, std::size_t first, std::size_t last) {
    MOE_CHECK(first <= last && last <= bytes.size() && (last - first) % sizeof(T) == 0);
    std::vector<T> values((last - first) / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes.data() + first, last - first);
    return values;
}

}  // namespace

ReferenceFile::ReferenceFile(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    std::uint64_t header_bytes = 0;
    MOE_CHECK(bytes.size() > sizeof header_bytes);
    std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
    const std::size_t data_begin = sizeof header_bytes + header_bytes;
    MOE_CHECK(data_begin <= bytes.size());
    const auto header = nlohmann::json::parse(bytes.substr(sizeof header_bytes, header_bytes));
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") continue;
        const std::size_t first = data_begin + entry.at("data_offsets").at(0).get<std::size_t>();
        const std::size_t last = data_begin + entry.at("data_offsets").at(1).get<std::size_t>();
        Tensor tensor{
            .shape = entry.at("shape").get<std::vector<std::size_t>>(), .floats = {}, .integers = {}};
        if (entry.at("dtype") == "F32")
            tensor.floats = values_of<float>(bytes, first, last);
        else
            tensor.integers = values_of<std::int32_t>(bytes, first, last);
        tensors_.emplace(name, std::move(tensor));
    }
}

const ReferenceFile::Tensor& ReferenceFile::find(const std::string& name) const {
    const auto found = tensors_.find(name);
    MOE_CHECK(found != tensors_.end());
    return found->second;
}

double normalized_squared_error(std::span<const float> values, std::span<const float> expected) {
    MOE_CHECK(values.size() == expected.size());
    double error = 0.0;
    double size = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double difference = static_cast<double>(values[i]) - static_cast<double>(expected[i]);
        error += difference * difference;
        size += static_cast<double>(expected[i]) * static_cast<double>(expected[i]);
    }
    return error / size;
}

}  // namespace moe::test
