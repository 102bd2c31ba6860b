#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QIcon>
#include <QSortFilterProxyModel>
#include <memory>
#include <vector>

#include "app/studio/import_scan.h"

namespace tessera::app {

class Thumbnails;

/// The photos of an import with what was found of each, and a check box for those that are to be used.
class ImportList : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { photo_column, found_column, size_column };
  enum Role { finding_role = Qt::UserRole };  // bits 1 << Finding
  explicit ImportList(QObject* parent = nullptr);
  void set_report(std::shared_ptr<const ImportReport> report);

  int used() const { return used_; }
  /// Names of usable photos whose box is not checked.
  std::vector<std::string> left_out() const;
  void set_used(const std::vector<int>& rows, bool used);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  static constexpr int kThumbnail = 72;

 Q_SIGNALS:
  void used_changed();

 private:
  const reconstruct::CheckedPhoto& at(int row) const { return report_->photos.photos[static_cast<std::size_t>(row)]; }
  QString file(int row) const;
  std::shared_ptr<const ImportReport> report_;
  std::vector<bool> chosen_;
  int used_ = 0;
  Thumbnails* thumbnails_;
  QHash<QString, int> row_of_file_;
  QIcon empty_;
};

/// Those of them that have one of some findings, or all.
class ImportFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  enum : int { all = 0, left_out = -1 };
  /// Bits 1 << Finding, or one of the two above.
  void show(int findings);

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  int findings_ = all;
};

}  // namespace tessera::app
