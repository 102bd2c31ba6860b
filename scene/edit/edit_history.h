#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scene/edit/selection.h"
#include "scene/gaussian_model.h"

namespace tessera::scene {

/// What has been taken out of a model, and how to get it back. Every edit is an index map that leaves rows out, kept as
/// the rows (of the original) that it leaves out: no row goes twice, so all edits together hold no more than the model
/// has rows, and no copy of the model is needed. What is left is one map on the original, rows(), so that undoing
/// everything gives the original's very bytes. The selection is kept in rows of the original as well and therefore
/// survives every edit; undo restores the one before it. Serves one thread at a time.
class EditHistory {
 public:
  explicit EditHistory(std::size_t rows);

  /// Rows of the original that are still there, and those of them that are selected.
  const RowMask& alive() const { return alive_; }
  const RowMask& selected() const { return selected_; }
  /// Combines the selection with a mask of the original's rows; those that are gone stay unselected.
  void select(const RowMask& rows, Combine how);
  void invert_selection();

  /// Takes rows of the original out; what can be redone is forgotten. False: none of them was there, and nothing
  /// happens.
  bool remove(const RowMask& rows, std::string name);
  /// False: there is nothing to undo, or to redo.
  bool undo();
  bool redo();
  /// Names of the edits that undo() and redo() are about; empty: there is none.
  const std::string& undo_name() const;
  const std::string& redo_name() const;

  /// Row i of the edited model is this row of the original.
  IndexMap rows() const;
  /// Whether what is left is not what was last saved (first: the original).
  bool is_changed() const { return done_ != saved_; }
  void set_saved() { saved_ = done_; }
  /// Of the lists kept for undo and redo.
  std::size_t bytes() const;

 private:
  struct Edit {
    std::string name;
    std::vector<std::uint32_t> removed;  // rows of the original, ascending
    std::vector<bool> selected;          // before the edit, a bit a row of the original
  };
  static constexpr std::size_t kNever = static_cast<std::size_t>(-1);

  RowMask alive_, selected_;
  std::vector<Edit> edits_;
  std::size_t done_ = 0, saved_ = 0;  // of edits_, how many are done; were done when it was saved (kNever: forgotten)
};

}  // namespace tessera::scene
