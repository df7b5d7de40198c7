#include "app/viewport/imgui_atlas.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include <imgui_freetype.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "app/viewport/assets.h"
#include "engine/base/check.h"

namespace moe::app {
namespace {

/// Latin, the punctuation and signs that the cards write, arrows. ImGui keeps the pointer.
constexpr ImWchar kGlyphRanges[] = {0x0020, 0x007E, 0x00A0, 0x017F, 0x0391, 0x03C9, 0x2010,
                                    0x2027, 0x2030, 0x203A, 0x2070, 0x2094, 0x2190, 0x2199,
                                    0x2212, 0x2212, 0x2248, 0x2265, 0};

/// ImGui takes a font's height from ascender to descender where everyone else means the em.
double height_of_em(const std::filesystem::path& path) {
    FT_Library library = nullptr;
    FT_Face face = nullptr;
    double share = 1.2;
    if (FT_Init_FreeType(&library) != 0) return share;
    if (FT_New_Face(library, path.c_str(), 0, &face) == 0) {
        share = static_cast<double>(face->ascender - face->descender) / face->units_per_EM;
        FT_Done_Face(face);
    }
    FT_Done_FreeType(library);
    return share;
}

ImFont* add_font(ImFontAtlas& atlas, const char* file, double pixels, double scale) {
    const std::filesystem::path path = assets_folder() / "fonts" / file;
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return atlas.AddFontDefault();  // ImGui stops on a missing file
    ImFontConfig config;
    config.GlyphRanges = kGlyphRanges;
    config.OversampleH = 1;
    const double height = pixels * scale * height_of_em(path);
    return atlas.AddFontFromFileTTF(path.c_str(), static_cast<float>(std::round(height * 4) / 4), &config);
}

std::shared_ptr<const render::RgbaImage> texture_of(ImFontAtlas& atlas) {
    unsigned char* bytes = nullptr;
    int width = 0;
    int height = 0;
    atlas.GetTexDataAsRGBA32(&bytes, &width, &height);
    auto image = std::make_shared<render::RgbaImage>();
    image->width = width;
    image->height = height;
    image->rgba.assign(bytes, bytes + static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    atlas.ClearTexData();  // this copy is the one that is used
    return image;
}

}  // namespace

std::shared_ptr<const render::RgbaImage> build_atlas(CardLook& look) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
    atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    atlas.Flags |= ImFontAtlasFlags_NoMouseCursors;
    look.caption = add_font(atlas, "Inter-Regular.otf", 11.0, look.scale);
    look.body = add_font(atlas, "Inter-Regular.otf", 12.0, look.scale);
    look.strong = add_font(atlas, "Inter-SemiBold.otf", 12.0, look.scale);
    look.number = add_font(atlas, "JetBrainsMono-Regular.ttf", 11.5, look.scale);
    look.number_strong = add_font(atlas, "JetBrainsMono-SemiBold.ttf", 11.5, look.scale);
    look.small_number = add_font(atlas, "JetBrainsMono-Regular.ttf", 10.5, look.scale);
    const int cell_width = static_cast<int>(look.px(kTextCellWidth));
    const int cell_height = static_cast<int>(look.px(kTextCellHeight));
    const int cell = atlas.AddCustomRectRegular(cell_width, cell_height);
    atlas.Build();
    std::shared_ptr<const render::RgbaImage> image = texture_of(atlas);
    const ImFontAtlasCustomRect* rect = atlas.GetCustomRectByIndex(cell);
    const ImVec2 size(static_cast<float>(image->width), static_cast<float>(image->height));
    look.text_cell_size = ImVec2(rect->Width, rect->Height);
    look.text_cell_uv0 = ImVec2(rect->X / size.x, rect->Y / size.y);
    look.text_cell_uv1 = ImVec2((rect->X + rect->Width) / size.x, (rect->Y + rect->Height) / size.y);
    return image;
}

std::shared_ptr<const render::RgbaImage> with_text_cell(const render::RgbaImage& atlas, const CardLook& look,
                                                        const render::RgbaImage& text) {
    auto image = std::make_shared<render::RgbaImage>(atlas);
    const int left = static_cast<int>(std::lround(look.text_cell_uv0.x * static_cast<float>(atlas.width)));
    const int top = static_cast<int>(std::lround(look.text_cell_uv0.y * static_cast<float>(atlas.height)));
    MOE_CHECK(left + text.width <= atlas.width && top + text.height <= atlas.height);
    for (int y = 0; y < text.height; ++y) {
        const std::size_t from = static_cast<std::size_t>(y) * static_cast<std::size_t>(text.width) * 4;
        const std::size_t to = (static_cast<std::size_t>(top + y) * static_cast<std::size_t>(atlas.width) +
                                static_cast<std::size_t>(left)) *
                               4;
        std::memcpy(image->rgba.data() + to, text.rgba.data() + from,
                    static_cast<std::size_t>(text.width) * 4);
    }
    return image;
}

}  // namespace moe::app
