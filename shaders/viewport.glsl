// What every drawing pass is told: device pixels of the picture and of the rectangle to draw.
layout(push_constant) uniform Viewport {
    ivec4 rect;         // x, y, width, height
    ivec2 size;         // of the picture
    int is_transposed;  // the rectangle's columns are the rows of its texture
} viewport;

// From device pixels, y down, to clip space.
vec4 clip_from_pixel(vec2 pixel) { return vec4(pixel / vec2(viewport.size) * 2.0 - 1.0, 0.0, 1.0); }

// Corner of a rectangle made of two triangles.
vec2 corner(int vertex) {
    const vec2 corners[6] = vec2[](vec2(0, 0), vec2(1, 0), vec2(0, 1), vec2(0, 1), vec2(1, 0), vec2(1, 1));
    return corners[vertex];
}
