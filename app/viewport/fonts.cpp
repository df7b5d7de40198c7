#include "app/viewport/fonts.h"

#include <QFontDatabase>
#include <QStringList>
#include <QtGlobal>

#include "app/viewport/assets.h"
#include "render/scene/role_font.h"

namespace moe::app {
namespace {

constexpr double kPointsPerPixel = 72.0 / 96.0;  // a QImage has 96 dots an inch unless told otherwise

QFont font_of(const render::RoleFont& role, double scale) {
    QFont font;
    font.setFamilies({QString::fromLatin1(role.family), QStringLiteral("DejaVu Sans Mono"),
                      QStringLiteral("DejaVu Sans")});
    font.setPointSizeF(role.pixels * scale * kPointsPerPixel);  // setPixelSize takes whole pixels only
    font.setWeight(static_cast<QFont::Weight>(role.weight));
    font.setHintingPreference(QFont::PreferVerticalHinting);
    return font;
}

}  // namespace

void register_fonts() {
    static const bool is_done = [] {
        for (const char* file :
             {"Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf",
              "JetBrainsMono-SemiBold.ttf", "DejaVuSans.ttf", "DejaVuSansMono.ttf"}) {
            const std::filesystem::path path = assets_folder() / "fonts" / file;
            if (QFontDatabase::addApplicationFont(QString::fromStdString(path.string())) < 0) {
                qWarning("%s: font cannot be loaded; texts take another one", path.c_str());
            }
        }
        return true;
    }();
    Q_UNUSED(is_done);
}

QFont picture_font(render::TextRole role, bool is_bold, double scale) {
    QFont font = font_of(render::role_font(role, is_bold), scale);
    // JetBrains Mono joins "->" and "!=": token text must show the characters that are there.
    if (role == render::TextRole::Token) font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

bool is_plain_token_text(const QString& text) {
    for (const QChar c : text) {
        const char16_t code = c.unicode();
        const bool is_mark = code == u'\u00B7' || code == u'\u21B5' || code == u'\u23CE' ||
                             code == u'\u2026' || code == u'\u2192';
        if ((code < 0x20 || code > 0x7E) && !is_mark) return false;
    }
    return true;
}

QFont any_script_font(bool is_bold, double scale) {
    return font_of({"DejaVu Sans Mono", 11.0, is_bold ? render::kSemiBold : render::kRegular}, scale);
}

}  // namespace moe::app
