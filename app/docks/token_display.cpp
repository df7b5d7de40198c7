#include "app/docks/token_display.h"

#include <QLocale>
#include <QObject>
#include <algorithm>
#include <string>

namespace moe::app {

namespace {

constexpr QChar kReturnSign(0x23CE);
constexpr QChar kTabSign(0x21E5);
constexpr QChar kMiddleDot(0x00B7);

QString decoded(std::string_view bytes) {
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

bool is_utf8(std::string_view bytes) {
    return decoded(bytes).toUtf8() == QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

/// How many bytes at the end of a text are a character of UTF-8 that needs more of them; 0 to 3.
std::size_t begun_character(std::string_view text) {
    std::size_t n_following = 0;  // bytes 10xxxxxx at the end
    while (n_following < std::min<std::size_t>(text.size(), 3) &&
           (static_cast<unsigned char>(text[text.size() - 1 - n_following]) & 0xC0) == 0x80)
        ++n_following;
    if (n_following == text.size()) return 0;
    const auto first = static_cast<unsigned char>(text[text.size() - 1 - n_following]);
    const std::size_t n_needed = first >= 0xF0 && first <= 0xF4   ? 4
                                 : first >= 0xE0 && first <= 0xEF ? 3
                                 : first >= 0xC2 && first <= 0xDF ? 2
                                                                  : 0;
    return n_following + 1 < n_needed ? n_following + 1 : 0;
}

QString hex_byte(char byte) {
    return QStringLiteral("%1").arg(static_cast<unsigned char>(byte), 2, 16, QLatin1Char('0')).toUpper();
}

// Keeps printable ASCII, writes every other byte as <XX>.
QString bytes_spelled_out(std::string_view bytes) {
    QString text;
    for (const char byte : bytes) {
        if (byte >= 0x20 && byte < 0x7F) {
            text += QLatin1Char(byte);
        } else {
            text += QLatin1Char('<') + hex_byte(byte) + QLatin1Char('>');
        }
    }
    return text;
}

QString with_visible_controls(const QString& text) {
    QString visible;
    visible.reserve(text.size());
    for (const QChar c : text) {
        if (c == QLatin1Char('\n')) {
            visible += kReturnSign;
        } else if (c == QLatin1Char('\t')) {
            visible += kTabSign;
        } else if (c.unicode() < 0x20) {
            visible += QChar(0x2400 + c.unicode());  // the control pictures block
        } else {
            visible += c;
        }
    }
    return visible;
}

}  // namespace

QString token_by_itself(std::string_view bytes) {
    if (bytes.empty()) return QStringLiteral("–");
    QString text = is_utf8(bytes) ? with_visible_controls(decoded(bytes)) : bytes_spelled_out(bytes);
    for (qsizetype i = 0; i < text.size() && text[i] == QLatin1Char(' '); ++i) text[i] = kMiddleDot;
    return text;
}

QString token_in_text(std::string_view bytes) { return with_visible_controls(decoded(bytes)); }

QString token_in_text(std::string_view before, std::string_view bytes) {
    std::string whole(before.substr(before.size() - begun_character(before)));
    whole += bytes;
    const std::size_t n_begun = begun_character(whole);
    whole.resize(whole.size() - n_begun);
    if (whole.empty() && n_begun > 0) return QString(kMiddleDot);
    return token_in_text(whole);
}

QString token_details(std::string_view bytes) {
    QString hex;
    for (const char byte : bytes.substr(0, 32)) hex += hex_byte(byte) + QLatin1Char(' ');
    if (bytes.size() > 32) hex += QStringLiteral("…");
    const QString text = is_utf8(bytes) ? with_visible_controls(decoded(bytes)) : bytes_spelled_out(bytes);
    return QStringLiteral("“%1”, bytes %2").arg(text, hex.trimmed());
}

QString token_id_text(TokenId id) { return id < 0 ? QStringLiteral("–") : QString::number(id); }

QString grouped(std::size_t number) {
    return QLocale(QLocale::English).toString(static_cast<qulonglong>(number));
}

QString tokens_text(std::size_t number) {
    return number == 1 ? QObject::tr("1 token") : QObject::tr("%1 tokens").arg(grouped(number));
}

QString fixed_number(double value, int decimals) {
    QString text = QString::number(value, 'f', decimals);
    if (text.startsWith(QLatin1Char('-'))) text[0] = QChar(0x2212);
    return text;
}

}  // namespace moe::app
