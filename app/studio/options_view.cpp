#include "app/studio/options_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>

#include "app/studio/option_table.h"

namespace tessera::app {
namespace {
constexpr int kLeastHeight = 190;  // a handful of rows
}

OptionsView::OptionsView(OptionTable& table, QWidget* parent)
    : QWidget(parent), table_(table), view_(new QTableView), reset_(new QPushButton), help_(new QLabel) {
  auto* filter = new QLineEdit;
  filter->setObjectName("option_filter");
  filter->setAccessibleName(tr("Filter of the options"));
  filter->setToolTip(tr("Shows options whose name or description has these letters"));
  filter->setPlaceholderText(tr("Filter"));
  filter->setClearButtonEnabled(true);
  reset_->setObjectName("option_reset");
  auto* shown = new QSortFilterProxyModel(this);
  shown->setSourceModel(&table_);
  shown->setFilterRole(OptionTable::search_role);
  shown->setFilterKeyColumn(OptionTable::name_column);
  shown->setFilterCaseSensitivity(Qt::CaseInsensitive);
  view_->setObjectName("options");
  view_->setAccessibleName(tr("All options"));
  view_->setModel(shown);
  view_->setItemDelegateForColumn(OptionTable::value_column, new OptionDelegate(this));
  view_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                         QAbstractItemView::AnyKeyPressed);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::SingleSelection);
  view_->setTabKeyNavigation(false);
  view_->setShowGrid(false);
  view_->setAlternatingRowColors(true);
  view_->setWordWrap(false);
  view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);  // the last column has tool tips
  view_->setMinimumHeight(kLeastHeight);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setDefaultSectionSize(view_->fontMetrics().height() + 8);
  QHeaderView* header = view_->horizontalHeader();
  header->setHighlightSections(false);
  header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  header->setSectionResizeMode(OptionTable::name_column, QHeaderView::Interactive);
  header->setSectionResizeMode(OptionTable::value_column, QHeaderView::Interactive);
  header->setStretchLastSection(true);
  const auto characters = [this](int n) { return n * view_->fontMetrics().averageCharWidth(); };
  header->resizeSection(OptionTable::name_column, characters(20));
  header->resizeSection(OptionTable::value_column, characters(11));
  help_->setObjectName("option_help");
  help_->setWordWrap(true);
  help_->setMinimumHeight(2 * help_->fontMetrics().lineSpacing());
  help_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  auto* row = new QHBoxLayout;
  row->addWidget(filter, 1);
  row->addWidget(reset_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addLayout(row);
  layout->addWidget(view_, 1);
  layout->addWidget(help_);

  connect(filter, &QLineEdit::textChanged, shown, &QSortFilterProxyModel::setFilterFixedString);
  connect(reset_, &QPushButton::clicked, &table_, &OptionTable::reset_to_base);
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
    // F2 and typing edit the value, wherever in the row one is.
    if (now.isValid() && now.column() != OptionTable::value_column)
      view_->setCurrentIndex(now.siblingAtColumn(OptionTable::value_column));
    explain();
  });
  connect(&table_, &OptionTable::dataChanged, this, &OptionsView::explain);
  explain();
}

void OptionsView::explain() {
  const QModelIndex now = view_->currentIndex();
  help_->setText(now.isValid() ? now.data(OptionTable::help_role).toString() : tr("F2 or typing changes a value"));
  reset_->setEnabled(!table_.changed().isEmpty());
}

void OptionsView::set_reset_text(const QString& text, const QString& tip) {
  reset_->setText(text);
  reset_->setToolTip(tip);
}

}  // namespace tessera::app
