#include "app/viewport/imgui_layer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/viewport/imgui_atlas.h"
#include "app/viewport/label_strip.h"

namespace moe::app {
namespace {

ImVec4 imgui_color(const render::Color& color) {
    return ImVec4(static_cast<float>(color.r) / 255.0f, static_cast<float>(color.g) / 255.0f,
                  static_cast<float>(color.b) / 255.0f, static_cast<float>(color.a) / 255.0f);
}

void set_style(const CardLook& look) {
    ImGuiStyle style;
    style.WindowPadding = ImVec2(look.px(6), look.px(6));
    style.WindowRounding = style.PopupRounding = look.px(6);
    style.WindowBorderSize = style.PopupBorderSize = look.hairline();
    style.FrameRounding = look.px(4);
    style.ItemSpacing = ImVec2(0, 0);
    style.WindowMinSize = ImVec2(1, 1);
    const render::Theme& theme = look.theme;
    style.Colors[ImGuiCol_WindowBg] = style.Colors[ImGuiCol_PopupBg] = imgui_color(theme.card);
    style.Colors[ImGuiCol_Border] = imgui_color(theme.border_strong);
    style.Colors[ImGuiCol_Text] = imgui_color(theme.text_1);
    style.Colors[ImGuiCol_TextDisabled] = imgui_color(theme.disabled);
    style.Colors[ImGuiCol_Header] = imgui_color(theme.press);
    style.Colors[ImGuiCol_HeaderHovered] = style.Colors[ImGuiCol_HeaderActive] = imgui_color(theme.hover);
    ImGui::GetStyle() = style;
}

render::PixelRect clip_of(const ImVec4& clip, const ImVec2& size) {
    const int left = static_cast<int>(std::max(0.0f, std::floor(clip.x)));
    const int top = static_cast<int>(std::max(0.0f, std::floor(clip.y)));
    const int right = static_cast<int>(std::min(size.x, std::ceil(clip.z)));
    const int bottom = static_cast<int>(std::min(size.y, std::ceil(clip.w)));
    return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
}

/// Appends one draw list; indices become relative to the whole mesh.
void append(render::OverlayMesh& mesh, const ImDrawList& list, const ImVec2& size) {
    const auto base = static_cast<std::uint32_t>(mesh.vertices.size());
    for (const ImDrawVert& v : list.VtxBuffer) {
        mesh.vertices.push_back({.x = v.pos.x, .y = v.pos.y, .u = v.uv.x, .v = v.uv.y, .rgba = v.col});
    }
    for (const ImDrawCmd& command : list.CmdBuffer) {
        const render::PixelRect clip = clip_of(command.ClipRect, size);
        if (command.UserCallback != nullptr || command.ElemCount == 0 || clip.is_empty()) continue;
        mesh.draws.push_back({.clip = clip,
                              .first_index = static_cast<std::uint32_t>(mesh.indices.size()),
                              .n_indices = command.ElemCount});
        for (unsigned i = 0; i < command.ElemCount; ++i) {
            mesh.indices.push_back(base + command.VtxOffset +
                                   list.IdxBuffer[static_cast<int>(command.IdxOffset + i)]);
        }
    }
}

}  // namespace

ImGuiLayer::ImGuiLayer() : context_(ImGui::CreateContext()) {
    ImGui::SetCurrentContext(context_);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;  // the application keeps its settings
    io.LogFilename = nullptr;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    io.ConfigFlags &= ~ImGuiConfigFlags_NavEnableKeyboard;  // it would swallow the program's keys
}

ImGuiLayer::~ImGuiLayer() { ImGui::DestroyContext(context_); }

void ImGuiLayer::set_look(const render::Theme& theme, double scale) {
    ImGui::SetCurrentContext(context_);
    const bool needs_atlas = blank_atlas_ == nullptr || scale != look_.scale;
    look_.theme = theme;
    look_.scale = scale;
    if (needs_atlas) {
        blank_atlas_ = atlas_ = build_atlas(look_);
        cell_text_.clear();
    }
    set_style(look_);
}

void ImGuiLayer::set_cell_text(const QString& text) {
    if (text == cell_text_ || text.isEmpty()) return;  // an empty cell is not drawn
    cell_text_ = text;
    const auto width = static_cast<int>(look_.text_cell_size.x);
    const auto height = static_cast<int>(look_.text_cell_size.y);
    atlas_ = with_text_cell(*blank_atlas_, look_, paint_card_text(text, width, height, look_.scale));
}

const CardLook& ImGuiLayer::begin_frame(int width, int height, double seconds_since_last) {
    ImGui::SetCurrentContext(context_);
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
    io.DeltaTime = static_cast<float>(std::clamp(seconds_since_last, 0.001, 0.25));
    events_.apply_to(io);
    look_.escape_pressed = events_.escape_pressed();
    ImGui::NewFrame();
    return look_;
}

render::OverlayMesh ImGuiLayer::end_frame() {
    has_popup_ = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup);
    ImGui::Render();
    const ImDrawData& data = *ImGui::GetDrawData();
    render::OverlayMesh mesh;
    mesh.vertices.reserve(static_cast<std::size_t>(data.TotalVtxCount));
    mesh.indices.reserve(static_cast<std::size_t>(data.TotalIdxCount));
    for (int i = 0; i < data.CmdListsCount; ++i) append(mesh, *data.CmdLists[i], data.DisplaySize);
    mesh.atlas = atlas_;
    return mesh;
}

bool same_mesh(const render::OverlayMesh& a, const render::OverlayMesh& b) {
    using Vertex = render::OverlayMesh::Vertex;
    const auto same_draw = [](const render::OverlayMesh::Draw& x, const render::OverlayMesh::Draw& y) {
        return x.clip == y.clip && x.first_index == y.first_index && x.n_indices == y.n_indices;
    };
    return a.atlas == b.atlas && a.indices == b.indices && a.vertices.size() == b.vertices.size() &&
           (a.vertices.empty() ||
            std::memcmp(a.vertices.data(), b.vertices.data(), a.vertices.size() * sizeof(Vertex)) == 0) &&
           std::ranges::equal(a.draws, b.draws, same_draw);
}

}  // namespace moe::app
