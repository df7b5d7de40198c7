#version 450
#extension GL_GOOGLE_include_directive : require
#include "viewport.glsl"

// A rectangle of whole pixels for each instance.
layout(location = 0) in ivec4 rect;
layout(location = 1) in vec4 color;
layout(location = 0) flat out vec4 mark_color;

void main() {
    gl_Position = clip_from_pixel(vec2(rect.xy) + corner(gl_VertexIndex) * vec2(rect.zw));
    mark_color = color;
}
