#version 450

layout(set = 0, binding = 0) uniform sampler2D atlas;  // glyphs, straight alpha
layout(location = 0) in vec4 vertex_color;
layout(location = 1) in vec2 atlas_position;
layout(location = 0) out vec4 color;

void main() { color = vertex_color * texture(atlas, atlas_position); }
