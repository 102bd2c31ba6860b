#pragma once

#include <QDialog>
#include <memory>

#include "app/studio/import_scan.h"
#include "reconstruct/ingest/sfm.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTreeView;

namespace tessera::app {

class ImportFilter;
class ImportList;

/// What was found in photos or a video before their cameras are looked for: first how the looking goes on, then a
/// report in which photos can be left out. Accepted: go on with options().
class ImportDialog : public QDialog {
  Q_OBJECT
 public:
  explicit ImportDialog(const std::filesystem::path& path, QWidget* parent = nullptr);

  void show_progress(double done, double total, double seconds_left);
  void show_report(std::shared_ptr<const ImportReport> report);
  const std::filesystem::path& path() const { return path_; }
  reconstruct::SfmOptions options() const;

 private:
  QWidget* make_progress_page();
  QWidget* make_report_page();
  void show_findings();
  void show_video();
  void set_all_shown(bool used);
  void update_count();

  std::filesystem::path path_;
  std::shared_ptr<const ImportReport> report_;
  ImportList* list_;
  ImportFilter* filter_;
  QStackedWidget* pages_;
  QProgressBar* bar_ = nullptr;
  QLabel *left_ = nullptr, *findings_ = nullptr, *count_ = nullptr, *video_ = nullptr;
  QComboBox* shown_ = nullptr;
  QTreeView* view_ = nullptr;
  QPushButton *leave_out_ = nullptr, *take_ = nullptr, *go_ = nullptr;
  QDoubleSpinBox* rate_ = nullptr;
  QWidget *photo_part_ = nullptr, *video_part_ = nullptr;
};

}  // namespace tessera::app
