#include "app/studio/option_table.h"

#include <QComboBox>
#include <QFont>
#include <QLineEdit>

#include "app/studio/theme.h"
#include "scene/error.h"

namespace tessera::app {
namespace {

const auto& rows() { return reconstruct::train_options_table().rows(); }
const auto& row_at(int row) { return rows()[static_cast<std::size_t>(row)]; }

QString value_of(int row, const reconstruct::TrainOptions& options) {
  return QString::fromStdString(row_at(row).get(options));
}

/// "0 .. 1 camera extents"
QString range_text(const scene::OptionSpec& spec) {
  QString text = QString::fromStdString(spec.range).replace("..", " .. ").replace("|", ", ");
  if (!spec.unit.empty()) text += " " + QString::fromStdString(spec.unit);
  return text;
}

}  // namespace

OptionTable::OptionTable(QObject* parent) : QAbstractTableModel(parent) {}

void OptionTable::values_changed() { Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1)); }

void OptionTable::set_options(const reconstruct::TrainOptions& options) {
  options_ = options;
  values_changed();
}

void OptionTable::set_base(const reconstruct::TrainOptions& base) {
  base_ = base;
  values_changed();
}

void OptionTable::set_begun(bool begun) {
  if (std::exchange(begun_, begun) != begun) values_changed();
}

void OptionTable::set_locked(bool locked) {
  if (std::exchange(locked_, locked) != locked) values_changed();
}

void OptionTable::reset_to_base() {
  for (int row = 0; row < rowCount(); ++row)
    if (why_fixed(row).isEmpty()) row_at(row).set(options_, row_at(row).get(base_));
  values_changed();
  Q_EMIT edited();
}

bool OptionTable::is_changed(int row) const { return value_of(row, options_) != value_of(row, base_); }

QStringList OptionTable::changed() const {
  QStringList names;
  for (int row = 0; row < rowCount(); ++row)
    if (is_changed(row)) names << QString::fromStdString(row_at(row).spec.name);
  return names;
}

int OptionTable::row_of(const char* name) {
  for (std::size_t i = 0; i < rows().size(); ++i)
    if (rows()[i].spec.name == name) return static_cast<int>(i);
  return -1;
}

QString OptionTable::why_fixed(int row) const {
  if (locked_) return tr("Pause the run to change options");
  const std::string& fixed = row_at(row).spec.fixed;
  if (!begun_ || fixed.empty()) return {};
  return tr("Cannot change in a run that has begun: %1").arg(QString::fromStdString(fixed));
}

int OptionTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows().size());
}

int OptionTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant OptionTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const scene::OptionSpec& spec = row_at(index.row()).spec;
  const QString name = QString::fromStdString(spec.name);
  switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
      if (index.column() == name_column) return name;
      if (index.column() == range_column) return range_text(spec);
      return value_of(index.row(), options_);
    case Qt::ToolTipRole: {
      const QString why = why_fixed(index.row());
      return QString::fromStdString(spec.help) + "\n" + range_text(spec) + (why.isEmpty() ? "" : "\n" + why);
    }
    case Qt::AccessibleTextRole:
      return index.column() == value_column ? name + " " + value_of(index.row(), options_) : data(index);
    case Qt::FontRole:
      if (index.column() != range_column && is_changed(index.row())) {
        QFont font;
        font.setBold(true);
        return font;
      }
      return index.column() == range_column ? QVariant(theme().small) : QVariant();
    case Qt::ForegroundRole:
      return index.column() == range_column || !why_fixed(index.row()).isEmpty() ? QVariant(theme().faint) : QVariant();
    case search_role:
      return name + " " + QString::fromStdString(spec.help);
    case choices_role:
      if (spec.type == "bool") return QStringList{"off", "on"};
      if (spec.type == "choice" && spec.range.find("..") == std::string::npos)
        return QString::fromStdString(spec.range).split('|');
      return {};
    case help_role: {
      const QString why = why_fixed(index.row());
      QString text = QString::fromStdString(spec.help);
      if (is_changed(index.row())) text += tr(" (was %1)").arg(value_of(index.row(), base_));
      return why.isEmpty() ? text : text + ". " + why;
    }
    default:
      return {};
  }
}

QVariant OptionTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  return section == name_column ? tr("Option") : section == value_column ? tr("Value") : tr("Values");
}

Qt::ItemFlags OptionTable::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::NoItemFlags;
  // One that cannot change can still be reached by the keyboard, to read why.
  const Qt::ItemFlags shown = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
  return index.column() == value_column && why_fixed(index.row()).isEmpty() ? shown | Qt::ItemIsEditable : shown;
}

bool OptionTable::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || !index.isValid() || !(flags(index) & Qt::ItemIsEditable)) return false;
  const QString text = value.toString().trimmed();
  if (text == value_of(index.row(), options_)) return true;
  try {
    row_at(index.row()).set(options_, text.toStdString());
  } catch (const scene::Error& e) {
    Q_EMIT refused(QString::fromUtf8(e.what()));
    return false;
  }
  Q_EMIT dataChanged(this->index(index.row(), 0), this->index(index.row(), column_count - 1));
  Q_EMIT edited();
  return true;
}

bool OptionTable::set(const char* name, const QString& value) {
  return setData(index(row_of(name), value_column), value);
}

QWidget* OptionDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                                      const QModelIndex& index) const {
  const QStringList choices = index.data(OptionTable::choices_role).toStringList();
  const QString name = index.siblingAtColumn(OptionTable::name_column).data().toString();
  QWidget* editor = nullptr;
  if (choices.isEmpty()) {
    editor = QStyledItemDelegate::createEditor(parent, option, index);
  } else {
    auto* list = new QComboBox(parent);
    list->addItems(choices);
    editor = list;
  }
  editor->setObjectName("option_editor");
  editor->setAccessibleName(name);
  return editor;
}

}  // namespace tessera::app
