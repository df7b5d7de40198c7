#version 450
#extension GL_GOOGLE_include_directive : require
#include "viewport.glsl"

// A painted strip of labels, texel for pixel; premultiplied.
layout(set = 0, binding = 0) uniform sampler2D labels;
layout(location = 0) out vec4 color;

void main() { color = texelFetch(labels, ivec2(gl_FragCoord.xy) - viewport.rect.xy, 0); }
