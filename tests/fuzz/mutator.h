#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tessera::test {

/// Damages files in the same way in every run: bit flips, cuts, splices, huge numbers in binary and in text.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::string operator()(const std::string& file, const std::vector<std::string>& donors) {
    std::string bytes = file;
    for (std::size_t i = 1 + below(3); i > 0; --i) once(bytes, donors[below(donors.size())]);
    return bytes;
  }

  static const std::vector<std::uint64_t>& huge_integers() {
    static const std::vector<std::uint64_t> values = {0,          1,          0x7f,       0xff,       0xffff,
                                                      0x7fffffff, 0x80000000, 0xffffffff, 1ull << 32, 1ull << 40,
                                                      1ull << 60, 1ull << 61, 1ull << 63, ~0ull};
    return values;
  }
  static const std::vector<std::string>& words() {
    static const std::vector<std::string> values = {"0",
                                                    "-1",
                                                    "1e308",
                                                    "1e999",
                                                    "-1e-320",
                                                    "nan",
                                                    "inf",
                                                    "18446744073709551615",
                                                    "1152921504606846976",
                                                    "4294967296",
                                                    "9999999999999999999999",
                                                    "",
                                                    "\"\"",
                                                    "{}",
                                                    "[]",
                                                    "null",
                                                    "true",
                                                    "..",
                                                    "/",
                                                    "\n",
                                                    "\r\n",
                                                    "#",
                                                    " ",
                                                    "\"../x\"",
                                                    "\\",
                                                    std::string(1, '\0'),
                                                    "\xff",
                                                    "property list uchar int x\n",
                                                    "element vertex 4000000000\n"};
    return values;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random_() % n); }

  void once(std::string& bytes, const std::string& donor) {
    const std::size_t at = below(bytes.size() + 1), length = below(std::min<std::size_t>(bytes.size() - at, 64) + 1);
    switch (below(8)) {
      case 0:
        for (std::size_t i = 1 + below(8); i > 0 && !bytes.empty(); --i)
          bytes[below(bytes.size())] ^= static_cast<char>(1u << below(8));
        break;
      case 1:
        bytes.resize(at);
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 4:
        bytes.insert(at, donor.substr(below(donor.size() + 1), 1 + below(64)));
        break;
      case 5: {
        const std::uint64_t value = huge_integers()[below(huge_integers().size())];
        bytes.replace(at, std::min<std::size_t>(8, bytes.size() - at), reinterpret_cast<const char*>(&value),
                      below(2) ? 8 : 4);
        break;
      }
      case 6: {  // a number of the text
        const std::size_t begin = bytes.find_first_of("0123456789", at);
        if (begin == std::string::npos) break;
        const std::size_t end = bytes.find_first_not_of("0123456789.eE+-", begin);
        bytes.replace(begin, (end == std::string::npos ? bytes.size() : end) - begin, words()[below(words().size())]);
        break;
      }
      default:
        bytes.insert(at, words()[below(words().size())]);
    }
  }

  std::mt19937_64 random_;
};

}  // namespace tessera::test
