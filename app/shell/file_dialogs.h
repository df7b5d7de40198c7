#pragma once

#include <QWidget>
#include <filesystem>
#include <optional>

namespace moe::app {

enum class FileKind { Any, Model, Trace };

/// Asks for a file to open; nothing when the user thought better of it. Remembers the folder.
std::optional<std::filesystem::path> ask_file_to_open(QWidget* window, FileKind kind);

/// Asks where to record; the name begins with the model's and the time.
std::optional<std::filesystem::path> ask_recording_file(QWidget* window, const QString& model_name);

/// A new file in `folder`, named after the model and the time.
std::filesystem::path new_recording(const QString& folder, const QString& model_name);

/// Asks where to save a picture, as .png or .svg; the name begins with `what`.
std::optional<std::filesystem::path> ask_picture_file(QWidget* window, const QString& what);

/// Asks where to write numbers; the answer ends in .csv, .npz, .safetensors or .moetrace.
std::optional<std::filesystem::path> ask_numbers_file(QWidget* window, const QString& what);

}  // namespace moe::app
