// Experts and weights are most of what a long run keeps in memory: two and four bytes a slot as they are
// computed, often one and two where nothing is lost. A column is filled with plain values and packed when it
// is complete; a reader sees the same values either way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/half_float.h"
#include "engine/trace/trace_shape.h"

namespace moe {

/// An expert in a byte, where it is below 255.
struct ExpertPacking {
    using Value = std::uint16_t;
    using Packed = std::uint8_t;
    static constexpr Packed kNone = 0xFF;
    static Value value(Packed packed) { return packed == kNone ? kNoExpert : packed; }
    static std::optional<Packed> packed(Value expert) {
        if (expert == kNoExpert) return kNone;
        if (expert >= kNone) return std::nullopt;
        return static_cast<Packed>(expert);
    }
};

/// A weight in half precision, where that is its value.
struct WeightPacking {
    using Value = float;
    using Packed = std::uint16_t;
    static Value value(Packed packed) { return float_from_half(packed); }
    static std::optional<Packed> packed(Value weight) { return exact_half(weight); }
};

/// Neighbouring values of a column, read one by one; borrows the column.
template <class Packing>
class ColumnView {
  public:
    using Value = typename Packing::Value;
    using Packed = typename Packing::Packed;

    class Iterator {
      public:
        using iterator_concept = std::forward_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = Value;
        using difference_type = std::ptrdiff_t;
        using reference = Value;
        using pointer = void;

        Iterator() = default;
        Iterator(const ColumnView& view, std::size_t index) : view_(view), index_(index) {}
        Value operator*() const { return view_[index_]; }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++index_;
            return before;
        }
        bool operator==(const Iterator& other) const { return index_ == other.index_; }
        friend difference_type operator-(const Iterator& a, const Iterator& b) {
            return static_cast<difference_type>(a.index_) - static_cast<difference_type>(b.index_);
        }

      private:
        ColumnView view_;
        std::size_t index_ = 0;
    };

    ColumnView() = default;
    ColumnView(const Value* values, std::size_t size) : values_(values), size_(size) {}
    ColumnView(const Packed* packed, std::size_t size) : packed_(packed), size_(size) {}
    ColumnView(const std::vector<Value>& values) : ColumnView(values.data(), values.size()) {}

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    Value operator[](std::size_t index) const {
        return packed_ != nullptr ? Packing::value(packed_[index]) : values_[index];
    }
    Value front() const { return (*this)[0]; }
    ColumnView subview(std::size_t first, std::size_t count) const {
        return packed_ != nullptr ? ColumnView(packed_ + first, count) : ColumnView(values_ + first, count);
    }
    Iterator begin() const { return Iterator(*this, 0); }
    Iterator end() const { return Iterator(*this, size_); }

  private:
    const Value* values_ = nullptr;
    const Packed* packed_ = nullptr;
    std::size_t size_ = 0;
};

/// A column of a chunk: values, or what they were packed into.
template <class Packing>
class PackedColumn {
  public:
    using Value = typename Packing::Value;
    using Packed = typename Packing::Packed;
    using View = ColumnView<Packing>;
    using value_type = Value;
    using const_iterator = typename View::Iterator;

    PackedColumn() = default;
    PackedColumn(std::vector<Value> values) : values_(std::move(values)) {}
    PackedColumn(std::initializer_list<Value> values) : values_(values) {}

    std::size_t size() const { return is_packed() ? packed_.size() : values_.size(); }
    bool empty() const { return size() == 0; }
    bool is_packed() const { return !packed_.empty(); }
    Value operator[](std::size_t index) const {
        return is_packed() ? Packing::value(packed_[index]) : values_[index];
    }
    View view() const {
        return is_packed() ? View(packed_.data(), packed_.size()) : View(values_.data(), values_.size());
    }
    const_iterator begin() const { return view().begin(); }
    const_iterator end() const { return view().end(); }
    friend bool operator==(const PackedColumn& a, const PackedColumn& b) {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (a[i] != b[i]) return false;
        }
        return true;
    }

    /// Plain values, to be changed; a packed column is unpacked.
    std::vector<Value>& values() {
        if (is_packed()) {
            values_.assign(begin(), end());
            packed_ = {};
        }
        return values_;
    }
    void push_back(Value value) { values().push_back(value); }
    void resize(std::size_t size) { values().resize(size); }
    void assign(std::size_t size, Value value) { values().assign(size, value); }
    void clear() { *this = {}; }

    /// Packs the values, unless one of them would change.
    void pack() {
        if (!is_packed()) *this = packed(values_);
    }
    /// A column of these values, packed unless one of them would change.
    static PackedColumn packed(std::span<const Value> values) {
        PackedColumn column;
        std::size_t n = 0;
        for (; n < values.size(); ++n) {
            const std::optional<Packed> value = Packing::packed(values[n]);
            if (!value.has_value()) break;
            if (n == 0) column.packed_.resize(values.size());
            column.packed_[n] = *value;
        }
        if (n == values.size()) return column;
        column.packed_ = {};
        column.values_.assign(values.begin(), values.end());
        return column;
    }

  private:
    std::vector<Value> values_;
    std::vector<Packed> packed_;  ///< not empty: in place of the values
};

using ExpertColumn = PackedColumn<ExpertPacking>;
using WeightColumn = PackedColumn<WeightPacking>;
using ExpertsView = ColumnView<ExpertPacking>;
using WeightsView = ColumnView<WeightPacking>;

}  // namespace moe
