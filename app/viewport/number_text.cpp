#include "app/viewport/number_text.h"

#include <fmt/format.h>

#include <QString>
#include <QStringDecoder>
#include <cmath>

namespace moe::app {
namespace {

constexpr std::string_view kMinus = "\u2212";
constexpr std::string_view kDash = "\u2013";

QString spelled_out(char byte) {
    return QString::fromStdString(fmt::format("<{:02X}>", static_cast<unsigned char>(byte)));
}

QString sign_of(char16_t control) {
    switch (control) {
        case u'\n':
            return QStringLiteral(u"\u23CE");
        case u'\t':
            return QStringLiteral(u"\u2192");
        default:
            return spelled_out(static_cast<char>(control));
    }
}

QString with_visible_controls(const QString& text) {
    QString visible;
    for (const QChar c : text) {
        if (c.unicode() < 0x20 || c.unicode() == 0x7F) {
            visible += sign_of(c.unicode());
        } else {
            visible += c;
        }
    }
    return visible;
}

QString bytes_spelled_out(std::string_view bytes) {
    QString text;
    for (const char byte : bytes)
        text += byte >= 0x20 && byte < 0x7F ? QString(QLatin1Char(byte)) : spelled_out(byte);
    return text;
}

}  // namespace

std::string decimals_text(double value, int digits) {
    if (!std::isfinite(value)) return std::string(kDash);
    std::string text = fmt::format("{:.{}f}", std::abs(value), digits);
    const bool is_negative = value < 0 && text.find_first_of("123456789") != std::string::npos;
    return is_negative ? fmt::format("{}{}", kMinus, text) : text;
}

std::string decimals_text(std::optional<float> value, int digits) {
    return value ? decimals_text(static_cast<double>(*value), digits) : std::string(kDash);
}

std::string token_text(std::string_view bytes) {
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString text = decoder(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
    text = decoder.hasError() ? bytes_spelled_out(bytes) : with_visible_controls(text);
    if (text.startsWith(u' ')) text[0] = u'\u00B7';
    return text.toStdString();
}

}  // namespace moe::app
