#include "reconstruct/train/checkpoint.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "reconstruct/train/byte_stream.h"
#include "scene/atomic_file.h"
#include "scene/crc32.h"
#include "scene/error.h"
#include "tests/reconstruct/train/train_support.h"
#include "tests/support/test_data.h"

namespace tessera::reconstruct {
namespace {
namespace fs = std::filesystem;

Checkpoint example(std::uint32_t step = 42) {
  Checkpoint c;
  c.options = "seed=0\n";
  c.data_fingerprint = 0x0123456789ABCDEFu;
  c.step = step;
  c.seconds = 1.5, c.cpu_seconds = 2.5;
  c.metrics_csv = "step\n42\n";
  c.model = test::random_model(17, 1, 1);
  c.first.resize(17, 1), c.second.resize(17, 1);
  test::fill_planes(c.first, 2), test::fill_planes(c.second, 3);
  for (std::uint32_t i = 0; i < 17; ++i) c.last_step.push_back(i);
  c.strategy = "state";
  c.exposure = std::string("a\0b", 3);
  return c;
}

void expect_same(const Checkpoint& a, const Checkpoint& b) {
  EXPECT_EQ(a.options, b.options);
  EXPECT_EQ(a.data_fingerprint, b.data_fingerprint);
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.seconds, b.seconds);
  EXPECT_EQ(a.cpu_seconds, b.cpu_seconds);
  EXPECT_EQ(a.metrics_csv, b.metrics_csv);
  EXPECT_TRUE(test::same_planes(a.model, b.model));
  EXPECT_TRUE(test::same_planes(a.first, b.first));
  EXPECT_TRUE(test::same_planes(a.second, b.second));
  EXPECT_EQ(a.last_step, b.last_step);
  EXPECT_EQ(a.strategy, b.strategy);
  EXPECT_EQ(a.exposure, b.exposure);
}

CheckpointView view_of(const Checkpoint& c) { return {c, c.model, c.first, c.second, c.last_step}; }

std::string error_of(const fs::path& file) {
  try {
    read_checkpoint(file);
  } catch (const scene::Error& e) {
    EXPECT_EQ(e.subject().rfind(file.string(), 0), 0u) << e.what();
    return e.what();
  }
  return {};
}

TEST(Crc32, HasThePublishedCheckValue) {
  EXPECT_EQ(scene::crc32(0, "123456789", 9), 0xCBF43926u);
  EXPECT_EQ(scene::crc32(scene::crc32(0, "1234", 4), "56789", 5), 0xCBF43926u);
  EXPECT_EQ(scene::crc32(0, "", 0), 0u);
}

TEST(Checkpoint, RoundTrips) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "checkpoint";
  const Checkpoint c = example();
  write_checkpoint(c, file);
  expect_same(read_checkpoint(file), c);
}

TEST(Checkpoint, AnyFlippedBitIsFound) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "checkpoint";
  write_checkpoint(example(), file);
  const std::string good = scene::read_file(file);
  for (std::size_t at = 0; at < good.size(); at += 13) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    scene::write_file_atomically(file, bad);
    EXPECT_FALSE(error_of(file).empty()) << "byte " << at;
  }
}

TEST(Checkpoint, AnyTruncationAndAnyTailIsFound) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "checkpoint";
  write_checkpoint(example(), file);
  const std::string good = scene::read_file(file);
  for (std::size_t size = 0; size < good.size(); size += 29) {
    scene::write_file_atomically(file, std::string_view(good).substr(0, size));
    EXPECT_FALSE(error_of(file).empty()) << size;
  }
  scene::write_file_atomically(file, good + "x");
  EXPECT_NE(error_of(file).find("goes on after its end"), std::string::npos);
}

/// A forger who knows the checksums: lengths and counts must still be held against the file.
std::string forge(const std::string& good, const char* section,
                  const std::function<void(std::string& head, std::string& payload)>& change) {
  std::string out = good.substr(0, 12);
  for (std::size_t at = 12; at < good.size();) {
    std::string head = good.substr(at, 32);
    std::uint64_t length;
    std::memcpy(&length, head.data() + 16, 8);
    std::string payload = good.substr(at + 32, length);
    at += 32 + length;
    if (std::strcmp(head.c_str(), section) == 0) {
      length = payload.size();
      change(head, payload);
      if (payload.size() != length) length = payload.size(), std::memcpy(head.data() + 16, &length, 8);
      std::uint32_t crc = scene::crc32(0, payload.data(), payload.size());
      std::memcpy(head.data() + 24, &crc, 4);
      crc = scene::crc32(0, head.data(), 28);
      std::memcpy(head.data() + 28, &crc, 4);
    }
    out += head + payload;
  }
  return out;
}

TEST(Checkpoint, ForgedCountsAreRefusedBeforeAnythingIsAllocated) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "checkpoint";
  write_checkpoint(example(), file);
  const std::string good = scene::read_file(file);
  const auto expect_error = [&](const std::string& bytes, const char* part) {
    scene::write_file_atomically(file, bytes);
    EXPECT_NE(error_of(file).find(part), std::string::npos) << part << " / " << error_of(file);
  };
  const auto set64 = [](std::string& s, std::size_t at, std::uint64_t v) { std::memcpy(s.data() + at, &v, 8); };
  const auto set32 = [](std::string& s, std::size_t at, std::uint32_t v) { std::memcpy(s.data() + at, &v, 4); };
  for (const std::uint64_t rows :
       {std::uint64_t{18}, std::uint64_t{1} << 40, ~std::uint64_t{0}, std::uint64_t{1} << 62})
    expect_error(forge(good, "model", [&](std::string&, std::string& p) { set64(p, 0, rows); }), "claims");
  expect_error(forge(good, "model", [&](std::string&, std::string& p) { set32(p, 8, 4); }), "SH degree 4");
  expect_error(forge(good, "model", [&](std::string&, std::string& p) { set32(p, 12, 1); }), "kind of primitive");
  expect_error(forge(good, "model", [&](std::string& h, std::string&) { set64(h, 16, std::uint64_t{1} << 60); }),
               "ends inside section 'model'");
  expect_error(forge(good, "model", [&](std::string&, std::string& p) { set32(p, 16, 0x7FC00000u); }), "not finite");
  expect_error(forge(good, "last steps", [&](std::string&, std::string& p) { p.resize(p.size() - 4); }),
               "different numbers of rows");
  expect_error(forge(good, "last steps", [&](std::string&, std::string& p) { p.resize(p.size() - 3); }),
               "whole number of rows");
  expect_error(forge(good, "run", [&](std::string&, std::string& p) { p.resize(3); }), "ends too early");
  expect_error(forge(good, "run", [&](std::string&, std::string& p) { p += "x"; }), "bytes too many");
  expect_error(forge(good, "strategy", [&](std::string& h, std::string&) { std::memcpy(h.data(), "strategz", 8); }),
               "unknown section 'strategz'");
  expect_error(forge(good, "strategy", [&](std::string& h, std::string&) { std::memcpy(h.data(), "exposure", 8); }),
               "twice");
  expect_error(forge(good, "end", [&](std::string&, std::string& p) { p = "x"; }), "goes on after its end");
  std::string version = good;
  version[8] = 9;
  expect_error(version, "version 9");
  expect_error("text", "cut off");
  expect_error("a text file, longer than a head", "not a checkpoint");
}

TEST(Checkpoint, AMissingSectionIsNamed) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "checkpoint";
  write_checkpoint(example(), file);
  const std::string good = scene::read_file(file);
  const auto at = good.find("strategy");
  scene::write_file_atomically(file, good.substr(0, at) + good.substr(at + 32 + 5));
  EXPECT_NE(error_of(file).find("lacks section 'strategy'"), std::string::npos);
}

TEST(Checkpoint, RandomBytesNeverCrashTheReader) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "checkpoint";
  write_checkpoint(example(), file);
  const std::string good = scene::read_file(file);
  for (std::uint32_t round = 0; round < 300; ++round) {
    std::string bad = good;
    for (std::uint32_t k = 0; k < 8; ++k) {
      const auto draw = scene::philox(1, static_cast<std::uint32_t>(scene::RandomStream::kTest), round, k);
      bad[draw[0] % bad.size()] = static_cast<char>(draw[1]);
    }
    bad.resize(scene::philox(2, 0, round, 0)[0] % (2 * good.size()));
    std::ofstream(file, std::ios::binary) << bad;
    EXPECT_FALSE(error_of(file).empty());
  }
}

TEST(CheckpointFolder, KeepsTheOneBefore) {
  test::TemporaryFolder run;
  EXPECT_FALSE(has_checkpoint(run.path()));
  const Checkpoint first = example(1), second = example(2);
  save_checkpoint(view_of(first), run.path());
  EXPECT_TRUE(has_checkpoint(run.path()));
  EXPECT_FALSE(fs::exists(run.path() / "checkpoint.previous"));
  save_checkpoint(view_of(second), run.path());
  EXPECT_EQ(read_checkpoint(run.path() / "checkpoint").step, 2u);
  EXPECT_EQ(read_checkpoint(run.path() / "checkpoint.previous").step, 1u);
  EXPECT_FALSE(fs::exists(run.path() / "checkpoint.new"));
}

TEST(CheckpointFolder, ADamagedOneGivesOneWarningAndTheOneBefore) {
  test::TemporaryFolder run;
  save_checkpoint(view_of(example(1)), run.path());
  save_checkpoint(view_of(example(2)), run.path());
  std::vector<std::string> warnings;
  const auto warn = [&](const std::string& line) { warnings.push_back(line); };
  EXPECT_EQ(load_checkpoint(run.path(), warn).step, 2u);
  EXPECT_TRUE(warnings.empty());
  std::string bytes = scene::read_file(run.path() / "checkpoint");
  bytes[bytes.size() / 2] ^= 1;
  scene::write_file_atomically(run.path() / "checkpoint", bytes);
  EXPECT_EQ(load_checkpoint(run.path(), warn).step, 1u);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find((run.path() / "checkpoint").string() + ": section 'first moments' is damaged"), std::string::npos)
      << warnings[0];
  EXPECT_NE(warnings[0].find("checkpoint.previous, step 1"), std::string::npos) << warnings[0];
  EXPECT_EQ(load_checkpoint(run.path(), {}).step, 1u);  // nobody listens
  fs::resize_file(run.path() / "checkpoint.previous", 100);
  try {
    load_checkpoint(run.path(), warn);
    FAIL();
  } catch (const scene::Error& e) {
    EXPECT_EQ(e.subject(), run.path().string());
    EXPECT_NE(std::string(e.what()).find("checkpoint.previous"), std::string::npos);
  }
}

TEST(CheckpointFolder, AKillBetweenTheRenamesLosesNothing) {
  test::TemporaryFolder run;
  save_checkpoint(view_of(example(1)), run.path());
  write_checkpoint(example(2), run.path() / "checkpoint.new");
  EXPECT_EQ(load_checkpoint(run.path(), {}).step, 1u);  // killed before the first rename
  fs::rename(run.path() / "checkpoint", run.path() / "checkpoint.previous");
  EXPECT_TRUE(has_checkpoint(run.path()));
  EXPECT_EQ(load_checkpoint(run.path(), {}).step, 2u);  // killed between the two
  save_checkpoint(view_of(example(3)), run.path());
  EXPECT_EQ(load_checkpoint(run.path(), {}).step, 3u);
}

TEST(CheckpointFolder, AnEmptyFolderIsAnError) {
  test::TemporaryFolder run;
  EXPECT_THROW(load_checkpoint(run.path(), {}), scene::Error);
}

TEST(ByteStream, RoundTripsAndCountsAreHeldAgainstTheBytes) {
  ByteWriter out;
  out.text("abc");
  out.array(std::vector<float>{1, 2});
  out.value<std::uint16_t>(7);
  const std::string bytes = out.take();
  ByteReader in(bytes, "thing");
  EXPECT_EQ(in.text(), "abc");
  EXPECT_EQ(in.array<float>(), (std::vector<float>{1, 2}));
  EXPECT_EQ(in.value<std::uint16_t>(), 7);
  in.finish();
  EXPECT_THROW(in.value<char>(), scene::Error);
  ByteWriter huge;
  huge.value<std::uint64_t>(~std::uint64_t{0} / 4);
  const std::string bad = huge.take();
  EXPECT_THROW(ByteReader(bad, "thing").array<double>(), scene::Error);
  EXPECT_THROW(ByteReader(bad, "thing").text(), scene::Error);
}

}  // namespace
}  // namespace tessera::reconstruct
