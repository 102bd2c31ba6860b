#include "app/studio/import_list.h"

#include <algorithm>
#include <set>

#include "app/studio/theme.h"
#include "app/studio/thumbnails.h"

namespace tessera::app {

ImportList::ImportList(QObject* parent) : QAbstractTableModel(parent), thumbnails_(new Thumbnails(kThumbnail, this)) {
  QPixmap empty(kThumbnail, kThumbnail * 3 / 4);
  empty.fill(theme().window);
  empty_ = QIcon(empty);
  connect(thumbnails_, &Thumbnails::loaded, this, [this](const QString& file) {
    const auto row = row_of_file_.constFind(file);
    if (row == row_of_file_.constEnd()) return;
    const QModelIndex changed = index(*row, photo_column);
    Q_EMIT dataChanged(changed, changed, {Qt::DecorationRole});
  });
}

void ImportList::set_report(std::shared_ptr<const ImportReport> report) {
  beginResetModel();
  report_ = std::move(report);
  thumbnails_->clear();
  row_of_file_.clear();
  chosen_.clear();
  used_ = 0;
  if (report_) {
    const std::set<std::string> unwanted(report_->choices.leave_out.begin(), report_->choices.leave_out.end());
    for (const auto& photo : report_->photos.photos) {
      chosen_.push_back(photo.usable && !unwanted.contains(photo.name));
      used_ += chosen_.back();
    }
    for (int i = 0; i < rowCount(); ++i) row_of_file_.insert(file(i), i);
  }
  endResetModel();
  Q_EMIT used_changed();
}

QString ImportList::file(int row) const {
  return QString::fromStdString((report_->photos.root / at(row).name).string());
}

std::vector<std::string> ImportList::left_out() const {
  std::vector<std::string> names;
  for (int i = 0; i < rowCount(); ++i)
    if (at(i).usable && !chosen_[static_cast<std::size_t>(i)]) names.push_back(at(i).name);
  return names;
}

void ImportList::set_used(const std::vector<int>& rows, bool used) {
  for (const int row : rows) {
    if (!at(row).usable) continue;
    chosen_[static_cast<std::size_t>(row)] = used;
  }
  used_ = static_cast<int>(std::count(chosen_.begin(), chosen_.end(), true));
  if (rowCount() > 0) Q_EMIT dataChanged(index(0, photo_column), index(rowCount() - 1, size_column));
  Q_EMIT used_changed();
}

int ImportList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || !report_ ? 0 : static_cast<int>(report_->photos.photos.size());
}

int ImportList::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : 3; }

QVariant ImportList::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const reconstruct::CheckedPhoto& checked = at(index.row());
  const bool used = chosen_[static_cast<std::size_t>(index.row())];
  const auto text = [&] {
    QStringList lines;
    for (const auto& found : checked.found) lines << QString::fromStdString(found.text);
    return lines.join("; ");
  };
  switch (role) {
    case Qt::DisplayRole:
      if (index.column() == photo_column) return QString::fromStdString(checked.name);
      if (index.column() == found_column) return text();
      return checked.width > 0 ? tr("%1 x %2").arg(checked.width).arg(checked.height) : QString();
    case Qt::ToolTipRole:
      return checked.found.empty() ? QString::fromStdString(checked.name) : text();
    case Qt::AccessibleTextRole:
      if (index.column() != photo_column) return {};
      return tr("%1, %2%3")
          .arg(QString::fromStdString(checked.name), used ? tr("used") : tr("left out"),
               checked.found.empty() ? QString() : ", " + text());
    case Qt::ForegroundRole:
      if (!used) return theme().faint;
      return index.column() == found_column ? QVariant(theme().test) : QVariant();
    case Qt::CheckStateRole:
      return index.column() == photo_column ? QVariant(used ? Qt::Checked : Qt::Unchecked) : QVariant();
    case Qt::DecorationRole: {
      if (index.column() != photo_column) return {};
      if (checked.width == 0 && checked.has(reconstruct::Finding::unreadable)) return empty_;
      const QPixmap pixmap = thumbnails_->pixmap(file(index.row()));
      return pixmap.isNull() ? empty_ : QIcon(pixmap);
    }
    case finding_role: {
      int bits = 0;
      for (const auto& found : checked.found) bits |= 1 << static_cast<int>(found.finding);
      return bits;
    }
    default:
      return {};
  }
}

bool ImportList::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::CheckStateRole || !index.isValid() || index.column() != photo_column || !at(index.row()).usable)
    return false;
  set_used({index.row()}, value.value<Qt::CheckState>() == Qt::Checked);
  return true;
}

Qt::ItemFlags ImportList::flags(const QModelIndex& index) const {
  if (!index.isValid()) return {};
  Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
  if (index.column() == photo_column && at(index.row()).usable) flags |= Qt::ItemIsUserCheckable;
  return flags;
}

QVariant ImportList::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  return section == photo_column ? tr("Photo") : section == found_column ? tr("What was found") : tr("Size");
}

void ImportFilter::show(int findings) {
  findings_ = findings;
  invalidateFilter();
}

bool ImportFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const QModelIndex index = sourceModel()->index(row, ImportList::photo_column, parent);
  if (findings_ == all) return true;
  if (findings_ == left_out) return index.data(Qt::CheckStateRole).value<Qt::CheckState>() == Qt::Unchecked;
  return (index.data(ImportList::finding_role).toInt() & findings_) != 0;
}

}  // namespace tessera::app
