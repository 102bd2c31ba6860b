#include "scene/png_decode.h"

#include <csetjmp>
#include <cstring>
#include <new>
#include <vector>

#include <png.h>

namespace tessera::scene {

namespace {

struct State {
  std::string_view rest;  // not yet read
  std::jmp_buf leave;
  char message[128] = "";
};

[[noreturn]] void on_error(png_structp png, png_const_charp text) {
  auto& state = *static_cast<State*>(png_get_error_ptr(png));
  std::strncpy(state.message, text, sizeof state.message - 1);
  std::longjmp(state.leave, 1);
}

/// Chunks that say nothing of the pixels (a colour profile with a wrong checksum) are common and harmless.
void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep to, png_size_t count) {
  auto& state = *static_cast<State*>(png_get_io_ptr(png));
  if (state.rest.size() < count) png_error(png, "it ends too early");
  std::memcpy(to, state.rest.data(), count);
  state.rest.remove_prefix(count);
}

/// Everything between setjmp and a longjmp: no object with a destructor may live here.
bool run(State& state, png_structp png, png_infop info, Image8& image, std::vector<png_bytep>& rows) {
  if (setjmp(state.leave) != 0) return false;
  png_set_read_fn(png, &state, on_read);
  // The size has been checked against the file's (image_header.h); libpng's own limit is a million a side.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(png, info);
  const int type = png_get_color_type(png, info);
  png_set_scale_16(png);  // 65535 / 257 = 255: white stays white
  png_set_expand(png);    // palettes, 1, 2 and 4 bits, and a transparent colour
  if (type == PNG_COLOR_TYPE_GRAY_ALPHA || (type == PNG_COLOR_TYPE_GRAY && png_get_valid(png, info, PNG_INFO_tRNS)))
    png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  image.width = static_cast<int>(png_get_image_width(png, info));
  image.height = static_cast<int>(png_get_image_height(png, info));
  image.channels = png_get_channels(png, info);
  image.pixels.resize(static_cast<std::size_t>(image.width) * image.height * image.channels);
  rows.resize(static_cast<std::size_t>(image.height));
  for (int y = 0; y < image.height; ++y) rows[static_cast<std::size_t>(y)] = image.at(0, y);
  png_read_image(png, rows.data());
  png_read_end(png, nullptr);
  return true;
}

}  // namespace

bool decode_png(std::string_view bytes, Image8& image, std::string& problem) {
  State state{bytes, {}, ""};
  struct Reader {
    png_structp png;
    png_infop info;
    ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  } reader{png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, on_error, on_warning), nullptr};
  if (reader.png) reader.info = png_create_info_struct(reader.png);
  if (!reader.info) throw std::bad_alloc();
  std::vector<png_bytep> rows;
  const bool good = run(state, reader.png, reader.info, image, rows);
  if (!good) problem = state.message;
  return good;
}

}  // namespace tessera::scene
