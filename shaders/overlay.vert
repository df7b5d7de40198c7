#version 450
#extension GL_GOOGLE_include_directive : require
#include "viewport.glsl"

// The cards' triangles as the application gave them.
layout(location = 0) in vec2 position;
layout(location = 1) in vec2 uv;
layout(location = 2) in vec4 color;
layout(location = 0) out vec4 vertex_color;
layout(location = 1) out vec2 atlas_position;

void main() {
    gl_Position = clip_from_pixel(position);
    vertex_color = color;
    atlas_position = uv;
}
