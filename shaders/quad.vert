#version 450
#extension GL_GOOGLE_include_directive : require
#include "viewport.glsl"

// One rectangle of whole pixels; the fragment shaders find their texel from gl_FragCoord.
void main() {
    gl_Position = clip_from_pixel(vec2(viewport.rect.xy) + corner(gl_VertexIndex) * vec2(viewport.rect.zw));
}
