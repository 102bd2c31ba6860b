#pragma once

#include <QAbstractTableModel>
#include <QStyledItemDelegate>

#include "reconstruct/train/train_options.h"

namespace tessera::app {

/// All options of a training run as a table that can be edited: name, value, and what values there are. Values are
/// checked by the options' own table; one that it refuses stays as it was. Values that differ from the base (a preset,
/// or those that a run has) are bold.
class OptionTable : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { name_column, value_column, range_column, column_count };
  enum Role { search_role = Qt::UserRole, choices_role, help_role };

  explicit OptionTable(QObject* parent = nullptr);

  const reconstruct::TrainOptions& options() const { return options_; }
  void set_options(const reconstruct::TrainOptions& options);
  void set_base(const reconstruct::TrainOptions& base);
  /// Of a run that has begun: options that a resume cannot change cannot be edited.
  void set_begun(bool begun);
  void set_locked(bool locked);  // nothing can be edited
  /// Every option that may be edited becomes that of the base.
  void reset_to_base();
  QStringList changed() const;  // names
  /// Row of an option; -1: there is none.
  static int row_of(const char* name);
  /// Sets one by name. False after refused().
  bool set(const char* name, const QString& value);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;

 Q_SIGNALS:
  void edited();                  // by setData(), set() or reset_to_base()
  void refused(QString message);  // one line

 private:
  void values_changed();
  bool is_changed(int row) const;
  QString why_fixed(int row) const;  // empty: it can be edited

  reconstruct::TrainOptions options_, base_;
  bool begun_ = false, locked_ = false;
};

/// Edits choices in a list of them, all else as text.
class OptionDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace tessera::app
