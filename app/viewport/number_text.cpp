#include "app/viewport/number_text.h"

#include <fmt/format.h>

#include <QString>
#include <QStringDecoder>
#include <cmath>

namespace moe::app {
namespace {

constexpr std::string_view kMinus = "\u2212";
constexpr std::string_view kDash = "\u2013";

QString escaped_bytes(std::string_view bytes) {
    QString text;
    for (const char byte : bytes) {
        const bool is_plain = byte >= 0x20 && byte < 0x7F;
        text += is_plain ? QString(QLatin1Char(byte)) : QString::fromStdString(fmt::format("\\x{:02X}", static_cast<unsigned char>(byte)));
    }
    return text;
}

}  // namespace

std::string count_text(std::size_t n) {
    const std::string digits = fmt::format("{}", n);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

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
    if (decoder.hasError()) text = escaped_bytes(bytes);
    text.replace(u'\n', u'\u21B5').replace(u'\t', u'\u2192').replace(u'\r', QString());
    if (text.startsWith(u' ')) text[0] = u'\u00B7';
    return text.toStdString();
}

}  // namespace moe::app
