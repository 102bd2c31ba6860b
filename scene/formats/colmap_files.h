#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "scene/formats/colmap.h"

// Shared by the binary and the text form; not for use outside scene/formats.
namespace tessera::scene::colmap {

void read_binary(const std::filesystem::path& folder, ColmapModel& model);
void read_text(const std::filesystem::path& folder, ColmapModel& model);
/// Both write all three files before the first one appears.
void write_binary(const ColmapModel& model, const std::filesystem::path& folder);
void write_text(const ColmapModel& model, const std::filesystem::path& folder);

/// The supported model of that id; `camera` and `file` are for the message.
CameraModel model_from_id(std::int64_t model_id, std::uint32_t camera, const std::filesystem::path& file);
CameraModel model_from_name(std::string_view name, std::uint32_t camera, const std::filesystem::path& file);
/// Refuses sizes and parameters that no camera has.
SensorModel checked_sensor(CameraModel model, std::uint64_t width, std::uint64_t height, std::vector<double> parameters,
                           std::uint32_t camera, const std::filesystem::path& file);
/// Ids unique, names unique, not empty and of a length that can be read, every image's camera present. `extension`:
/// ".bin" or ".txt".
void check_references(const ColmapModel& model, const std::filesystem::path& folder, const std::string& extension);

}  // namespace tessera::scene::colmap
