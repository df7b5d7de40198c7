#version 450
#extension GL_GOOGLE_include_directive : require
#include "viewport.glsl"

// A resolved code to its colour. Scale, floor and colour map are baked into the table.
layout(set = 0, binding = 0) uniform sampler2D codes;   // R8, one texel a pixel
layout(set = 0, binding = 1) uniform sampler2D table;   // 256 x 1
layout(location = 0) out vec4 color;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy) - viewport.rect.xy;
    float code = texelFetch(codes, viewport.is_transposed != 0 ? pixel.yx : pixel, 0).r;
    color = texelFetch(table, ivec2(int(code * 255.0 + 0.5), 0), 0);
}
