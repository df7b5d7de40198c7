#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_ARB_gpu_shader_int64 : require
#include "mean_code.glsl"

// From resident routing to one code a pixel, as render/resolve/cpu_resolve does it: only integers decide. A
// row of pixels is made of parts, each some tokens of a page or one kept sum; a pixel's columns are positions
// in the arrangement. An invocation makes four pixels, the bytes of one word of the answer.
layout(local_size_x = 64) in;

layout(set = 0, binding = 0) readonly buffer Tables { uint tables[]; };
layout(set = 0, binding = 1) buffer Answer { uint answer[]; };  // 256 counts, then the codes
layout(set = 0, binding = 2) readonly buffer Page0 { uint page0[]; };
layout(set = 0, binding = 3) readonly buffer Page1 { uint page1[]; };
layout(set = 0, binding = 4) readonly buffer Page2 { uint page2[]; };
layout(set = 0, binding = 5) readonly buffer Page3 { uint page3[]; };
layout(set = 0, binding = 6) readonly buffer Page4 { uint page4[]; };
layout(set = 0, binding = 7) readonly buffer Page5 { uint page5[]; };

layout(push_constant) uniform Request {
    uint width;
    uint height;
    uint n_experts;
    uint n_columns;      // layers * experts
    uint slots_of_layer;
    uint kind;           // kMax ...
    uint shared_out;
    uint n_run_tokens;
    uint columns;        // where in `tables`: first and end position of each pixel column
    uint order;          // column at each position
    uint positions;      // position of each column; kHidden = none
    uint run_sums;       // low and high word of each column's
    uint rows;           // first part, end part, tokens of each pixel row
    uint parts;          // page, first word, rows of values, format
} request;

const uint kMax = 0;
const uint kMean = 1;
const uint kDifference = 2;

const uint kSlots = 0;  // a word a slot: expert, and its code or units above
const uint kCodes = 1;  // a byte a column
const uint kUnits = 2;  // two bytes a column
const uint kSums = 3;   // a word a column

const uint kNoExpert = 0xFFFF;
const uint kCodeBase = 256;

shared uint counts[256];

uint page_word(uint page, uint index) {
    switch (page) {
        case 0: return page0[index];
        case 1: return page1[index];
        case 2: return page2[index];
        case 3: return page3[index];
        case 4: return page4[index];
        default: return page5[index];
    }
}

uint words_of_row(uint format) {
    switch (format) {
        case kSlots: return request.n_columns / request.n_experts * request.slots_of_layer;
        case kCodes: return (request.n_columns + 3) / 4;
        case kUnits: return (request.n_columns + 1) / 2;
        default: return request.n_columns;
    }
}

uint column_value(uint page, uint row, uint format, uint column) {
    switch (format) {
        case kCodes: return page_word(page, row + column / 4) >> (8 * (column % 4)) & 0xFF;
        case kUnits: return page_word(page, row + column / 2) >> (16 * (column % 2)) & 0xFFFF;
        default: return page_word(page, row + column);
    }
}

struct Sums {
    uint largest;
    uint64_t sum;
};

void add(inout Sums sums, uint value) {
    sums.largest = max(sums.largest, value);
    sums.sum += value;
}

// Slots name experts: of the layers that the positions touch, those that stand at one of them.
void add_slots(inout Sums sums, uint page, uint row, uvec2 positions) {
    uint end_layer = (positions.y - 1) / request.n_experts + 1;
    for (uint layer = positions.x / request.n_experts; layer < end_layer; ++layer) {
        uint slot = row + layer * request.slots_of_layer;
        for (uint end = slot + request.slots_of_layer; slot < end; ++slot) {
            uint word = page_word(page, slot);
            if ((word & 0xFFFF) == kNoExpert) continue;
            uint position = tables[request.positions + layer * request.n_experts + (word & 0xFFFF)];
            if (position >= positions.x && position < positions.y) add(sums, word >> 16);
        }
    }
}

Sums sums_of(uint first_part, uint end_part, uvec2 positions) {
    Sums sums = Sums(0, 0ul);
    for (uint part = first_part; part < end_part; ++part) {
        uint at = request.parts + 4 * part;
        uint page = tables[at];
        uint format = tables[at + 3];
        uint stride = words_of_row(format);
        uint row = tables[at + 1];
        for (uint end = row + tables[at + 2] * stride; row < end; row += stride) {
            if (format == kSlots) {
                add_slots(sums, page, row, positions);
                continue;
            }
            for (uint i = positions.x; i < positions.y; ++i)
                add(sums, column_value(page, row, format, tables[request.order + i]));
        }
    }
    return sums;
}

uint64_t run_sum(uvec2 positions) {
    uint64_t sum = 0ul;
    for (uint i = positions.x; i < positions.y; ++i) {
        uint at = request.run_sums + 2 * tables[request.order + i];
        sum += uint64_t(tables[at]) | uint64_t(tables[at + 1]) << 32;
    }
    return sum;
}

uint code_at(uint y, uvec2 positions) {
    uint row = request.rows + 3 * y;
    uint n_tokens = tables[row + 2];
    if (n_tokens == 0 || positions.x >= positions.y) return 0;
    Sums sums = sums_of(tables[row], tables[row + 1], positions);
    if (request.kind == kMax) return sums.largest;
    uint n_positions = positions.y - positions.x;
    if (request.kind == kDifference) {
        return code_of_load_difference(sums.sum / kOne, n_tokens, run_sum(positions) / kOne,
                                       request.n_run_tokens, n_positions, request.n_experts,
                                       request.shared_out);
    }
    if (sums.sum == 0ul) return 0;
    return code_of_load(sums.sum, uint64_t(n_tokens) * n_positions, request.n_experts, request.shared_out);
}

void main() {
    for (uint i = gl_LocalInvocationIndex; i < 256; i += gl_WorkGroupSize.x) counts[i] = 0;
    barrier();
    uint y = gl_GlobalInvocationID.y;
    uint first_x = 4 * gl_GlobalInvocationID.x;
    uint word = 0;
    uint code = 0;
    uvec2 before = uvec2(0);
    for (uint x = first_x; x < min(first_x + 4, request.width); ++x) {
        uvec2 positions = uvec2(tables[request.columns + 2 * x], tables[request.columns + 2 * x + 1]);
        if (x == first_x || positions != before) code = code_at(y, positions);
        before = positions;
        word |= code << (8 * (x - first_x));
        atomicAdd(counts[code], 1);
    }
    uint words_of_line = (request.width + 3) / 4;
    if (first_x < request.width) answer[kCodeBase + y * words_of_line + gl_GlobalInvocationID.x] = word;
    barrier();
    for (uint i = gl_LocalInvocationIndex; i < 256; i += gl_WorkGroupSize.x) {
        if (counts[i] > 0) atomicAdd(answer[i], counts[i]);
    }
}
