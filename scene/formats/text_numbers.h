#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace tessera::scene {

/// The whole of `token` as a number, independent of the locale; false where it is none or does not fit. Doubles may be
/// nan or inf.
template <class T>
bool parse_number(std::string_view token, T& out) {
  if (token.size() > 1 && token[0] == '+' && token[1] != '-') token.remove_prefix(1);
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
  return error == std::errc() && end == token.data() + token.size();
}

/// Takes the next run of non-blank characters off the front of `text`; false at its end.
inline bool next_token(std::string_view& text, std::string_view& token) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) {
    text = {};
    return false;
  }
  const std::size_t end = std::min(text.find_first_of(kBlank, begin), text.size());
  token = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return true;
}

/// 17 digits for doubles: they read back as the same value even through a reader that rounds twice (by way of long
/// double, as COLMAP's does), which the shortest digits need not.
template <class T>
void append_number(std::string& text, T value) {
  char digits[32];
  std::to_chars_result end{};
  if constexpr (std::is_floating_point_v<T>)
    end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 17);
  else
    end = std::to_chars(digits, digits + sizeof digits, value);
  text.append(digits, end.ptr);
}

/// A word from a file, cut and cleaned so that a message stays one readable line.
inline std::string shown(std::string_view word, std::size_t longest = 80) {
  std::string text = "'";
  for (char c : word.substr(0, longest)) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return text + (word.size() > longest ? "...'" : "'");
}

}  // namespace tessera::scene
