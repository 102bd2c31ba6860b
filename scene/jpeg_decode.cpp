#include "scene/jpeg_decode.h"

#include <csetjmp>
#include <cstdio>
#include <memory>

#include <jpeglib.h>

#include <jerror.h>

namespace tessera::scene {

namespace {

struct ErrorState {
  jpeg_error_mgr manager;  // first: libjpeg hands back a pointer to it
  std::jmp_buf leave;
  bool invented = false;
  char message[JMSG_LENGTH_MAX] = "";
};

ErrorState& state_of(j_common_ptr info) { return *reinterpret_cast<ErrorState*>(info->err); }

[[noreturn]] void on_error(j_common_ptr info) {
  ErrorState& state = state_of(info);
  (*info->err->format_message)(info, state.message);
  std::longjmp(state.leave, 1);
}

/// Warnings come with level -1. Bytes too many between segments and the like are harmless and common; these are not.
void on_message(j_common_ptr info, int level) {
  const int code = info->err->msg_code;
  const bool serious =
      code == JWRN_HIT_MARKER || code == JWRN_JPEG_EOF || code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC;
  ErrorState& state = state_of(info);
  if (level >= 0 || !serious || state.invented) return;
  state.invented = true;
  (*info->err->format_message)(info, state.message);
}

/// A progressive file may hold any number of scans that refine nothing, each a pass over all pixels (libjpeg-turbo's
/// own advice on hostile files). Encoders write about ten.
void on_progress(j_common_ptr info) {
  constexpr int kMostScans = 500;
  ErrorState& state = state_of(info);
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMostScans) return;
  std::snprintf(state.message, sizeof state.message, "more than %d scans", kMostScans);
  std::longjmp(state.leave, 1);
}

/// Everything between setjmp and a longjmp: no object with a destructor may live here. `pixels` is sized by `allocate`.
bool run(ErrorState& state, jpeg_decompress_struct& info, jpeg_progress_mgr& progress, std::string_view bytes,
         Image8& image, int reduction, bool grey) {
  if (setjmp(state.leave) != 0) return false;
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&info, TRUE);
  info.out_color_space = grey || info.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  info.scale_num = 1;
  info.scale_denom = static_cast<unsigned>(reduction);
  jpeg_start_decompress(&info);
  image.width = static_cast<int>(info.output_width), image.height = static_cast<int>(info.output_height);
  image.channels = info.output_components;
  image.pixels.resize(static_cast<std::size_t>(image.width) * image.height * image.channels);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = image.at(0, static_cast<int>(info.output_scanline));
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return !state.invented;
}

}  // namespace

bool decode_jpeg(std::string_view bytes, Image8& image, std::string& problem, int reduction, bool grey) {
  ErrorState state{};
  jpeg_progress_mgr progress{};
  jpeg_decompress_struct info{};
  const std::unique_ptr<jpeg_decompress_struct, void (*)(j_decompress_ptr)> destroyed_at_the_end(
      &info, jpeg_destroy_decompress);
  info.err = jpeg_std_error(&state.manager);
  state.manager.error_exit = on_error;
  state.manager.emit_message = on_message;
  progress.progress_monitor = on_progress;
  const bool good = run(state, info, progress, bytes, image, reduction, grey);
  if (!good) problem = state.message;
  return good;
}

}  // namespace tessera::scene
