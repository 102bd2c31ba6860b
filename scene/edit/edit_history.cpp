#include "scene/edit/edit_history.h"

#include <algorithm>

namespace tessera::scene {
namespace {
const std::string kNoName;
}

EditHistory::EditHistory(std::size_t rows) : alive_(rows, 1), selected_(rows, 0) {}

void EditHistory::select(const RowMask& rows, Combine how) {
  combine(selected_, rows, how);
  for (std::size_t i = 0; i < selected_.size(); ++i) selected_[i] &= alive_[i];
}

void EditHistory::invert_selection() {
  for (std::size_t i = 0; i < selected_.size(); ++i)
    selected_[i] = static_cast<std::uint8_t>(alive_[i] & ~selected_[i]);
}

bool EditHistory::remove(const RowMask& rows, std::string name) {
  Edit edit;
  edit.name = std::move(name);
  for (std::size_t i = 0; i < alive_.size(); ++i)
    if (alive_[i] && rows[i]) edit.removed.push_back(static_cast<std::uint32_t>(i));
  if (edit.removed.empty()) return false;
  edit.removed.shrink_to_fit();
  edit.selected.assign(selected_.begin(), selected_.end());
  if (saved_ != kNever && saved_ > done_) saved_ = kNever;  // was among those that are forgotten now
  edits_.resize(done_);
  edits_.push_back(std::move(edit));
  return redo();
}

bool EditHistory::undo() {
  if (done_ == 0) return false;
  const Edit& edit = edits_[--done_];
  for (const std::uint32_t row : edit.removed) alive_[row] = 1;
  for (std::size_t i = 0; i < selected_.size(); ++i) selected_[i] = edit.selected[i] ? 1 : 0;
  return true;
}

bool EditHistory::redo() {
  if (done_ == edits_.size()) return false;
  const Edit& edit = edits_[done_++];
  for (std::size_t i = 0; i < selected_.size(); ++i) selected_[i] = edit.selected[i] ? 1 : 0;
  for (const std::uint32_t row : edit.removed) alive_[row] = selected_[row] = 0;
  return true;
}

const std::string& EditHistory::undo_name() const { return done_ == 0 ? kNoName : edits_[done_ - 1].name; }
const std::string& EditHistory::redo_name() const { return done_ == edits_.size() ? kNoName : edits_[done_].name; }

IndexMap EditHistory::rows() const { return {rows_of(alive_)}; }

std::size_t EditHistory::bytes() const {
  std::size_t sum = 0;
  for (const Edit& edit : edits_)
    sum += edit.removed.capacity() * sizeof(std::uint32_t) + edit.selected.capacity() / 8 + edit.name.capacity();
  return sum;
}

}  // namespace tessera::scene
