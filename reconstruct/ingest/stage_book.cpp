#include "reconstruct/ingest/stage_book.h"

#include "scene/atomic_file.h"

namespace tessera::reconstruct {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;  // of the file's form; another one counts as absent
constexpr std::uintmax_t kLargestFile = 64 << 20;

}  // namespace

StageBook::StageBook(std::filesystem::path file) : file_(std::move(file)) {
  std::error_code error;
  if (!std::filesystem::exists(file_, error)) return;
  const json root = json::parse(scene::read_file(file_, kLargestFile), nullptr, false);
  try {
    if (root.at("version") != kVersion) return;
    for (const auto& [stage, entry] : root.at("finished").items()) {
      finished_[stage] = {entry.at("hash").get<std::string>(), entry.at("seconds").get<double>(),
                          entry.at("commands").get<std::vector<std::string>>(), entry.at("data")};
    }
    for (const auto& [stage, hash] : root.at("begun").items()) begun_[stage] = hash.get<std::string>();
  } catch (const json::exception&) {
    finished_.clear();
    begun_.clear();
  }
}

const StageBook::Entry* StageBook::find(const std::string& stage, const std::string& hash) const {
  const auto it = finished_.find(stage);
  return it != finished_.end() && it->second.hash == hash ? &it->second : nullptr;
}

void StageBook::finish(const std::string& stage, Entry entry) {
  finished_[stage] = std::move(entry);
  begun_.erase(stage);
  save();
}

std::string StageBook::begun(const std::string& stage) const {
  const auto it = begun_.find(stage);
  return it == begun_.end() ? std::string() : it->second;
}

void StageBook::begin(const std::string& stage, const std::string& hash) {
  finished_.erase(stage);
  begun_[stage] = hash;
  save();
}

void StageBook::save() const {
  json root{{"version", kVersion}, {"finished", json::object()}, {"begun", begun_}};
  for (const auto& [stage, entry] : finished_)
    root["finished"][stage] = {
        {"hash", entry.hash}, {"seconds", entry.seconds}, {"commands", entry.commands}, {"data", entry.data}};
  // Names of files need not be UTF-8; the hash tells them apart anyway.
  scene::write_file_atomically(file_, root.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace tessera::reconstruct
