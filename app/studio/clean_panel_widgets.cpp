// The widgets of the dock; what they do stands in clean_panel.cpp.
#include <QButtonGroup>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <initializer_list>

#include "app/studio/clean_panel.h"

namespace tessera::app {
namespace {
constexpr int kSmallestRadius = 3, kLargestRadius = 400, kFirstRadius = 40;  // pixels
}

QPushButton* CleanPanel::button(const QString& text, const char* name, const QString& tip, std::function<void()> run) {
  auto* b = new QPushButton(text);
  b->setObjectName(name);
  b->setToolTip(tip);
  connect(b, &QPushButton::clicked, this, [run = std::move(run)] { run(); });
  return b;
}

QWidget* CleanPanel::make_tools() {
  auto* row = new QWidget;
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  const std::pair<QString, const char*> tools[] = {
      {tr("No tool"), "clean_tool_none"}, {tr("Box"), "clean_tool_box"}, {tr("Brush"), "clean_tool_brush"}};
  for (int i = 0; i < 3; ++i) {
    auto* b = new QPushButton(tools[i].first);
    b->setObjectName(tools[i].second);
    b->setCheckable(true);
    b->setChecked(i == 0);
    tools_->addButton(b, i);
    layout->addWidget(b, 1);
  }
  hint_->setWordWrap(true);
  hint_->setText(tr("Limit a range below, or take a tool. The mouse moves the camera."));
  pages_ = {hint_, make_box_page(), make_brush_page()};
  return row;
}

QWidget* CleanPanel::make_box_page() {
  auto* page = new QWidget;
  auto* grid = new QGridLayout(page);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(4);
  grid->setVerticalSpacing(4);
  const char axes[] = "xyz";
  const auto spin = [](const QString& name, const QString& spoken) {
    auto* box = new QDoubleSpinBox;
    box->setObjectName(name);
    box->setAccessibleName(spoken);
    box->setDecimals(3);
    box->setRange(-1e6, 1e6);
    box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setAlignment(Qt::AlignRight);
    box->setMinimumWidth(56);
    box->setKeyboardTracking(false);
    return box;
  };
  grid->addWidget(new QLabel(tr("Middle")), 0, 0);
  grid->addWidget(new QLabel(tr("Size")), 1, 0);
  for (int c = 0; c < 3; ++c) {
    const auto i = static_cast<std::size_t>(c);
    const QChar axis(axes[c]);
    box_[i] = spin(QString("clean_box_middle_") + axis, tr("Middle of the box, %1").arg(axis));
    box_[i + 3] = spin(QString("clean_box_size_") + axis, tr("Size of the box, %1").arg(axis));
    box_[i + 3]->setMinimum(0.001);
    for (QDoubleSpinBox* box : {box_[i], box_[i + 3]}) box->setPrefix(axis + QString(" "));
    grid->addWidget(box_[i], 0, c + 1);
    grid->addWidget(box_[i + 3], 1, c + 1);
    grid->setColumnStretch(c + 1, 1);
  }
  box_[6] = spin("clean_box_turn", tr("Turn of the box about the vertical, degrees"));
  box_[6]->setDecimals(1);
  box_[6]->setRange(-180, 180);
  box_[6]->setWrapping(true);
  box_[6]->setSuffix(QString(QChar(0xB0)));
  for (QDoubleSpinBox* box : box_) connect(box, &QDoubleSpinBox::valueChanged, this, &CleanPanel::take_box_numbers);
  grid->addWidget(new QLabel(tr("Turn")), 2, 0);
  grid->addWidget(box_[6], 2, 1);
  grid->addWidget(button(tr("Fit to the scene"), "clean_fit", tr("Around nine tenths of the splats along each axis"),
                         [this] {
                           layer_.set_box(bulk_);
                           show_box_numbers();
                           send_criteria();
                         }),
                  2, 2, 1, 2);
  return page;
}

QWidget* CleanPanel::make_brush_page() {
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  auto* row = new QHBoxLayout;
  radius_->setObjectName("clean_radius");
  radius_->setAccessibleName(tr("Radius of the brush"));
  radius_->setRange(kSmallestRadius, kLargestRadius);
  radius_->setSuffix(tr(" px"));
  radius_->setValue(kFirstRadius);
  connect(radius_, &QSpinBox::valueChanged, this, [this](int pixels) { layer_.set_radius(pixels); });
  layer_.set_radius(kFirstRadius);
  auto* label = new QLabel(tr("&Radius"));
  label->setBuddy(radius_);
  row->addWidget(label);
  row->addWidget(radius_);
  row->addStretch(1);
  layout->addLayout(row);
  auto* help = new QLabel(
      tr("Drag over the view to select, with Ctrl to take away. It takes every depth, and only what is in the ranges "
         "below."));
  help->setWordWrap(true);
  layout->addWidget(help);
  return page;
}

void CleanPanel::make_ranges(QVBoxLayout* layout) {
  ranges_ = {new RangeField(tr("Opacity"), "clean_opacity", 3), new RangeField(tr("Splat size"), "clean_size", 4),
             new RangeField(tr("Seen by photos"), "clean_seen", 0)};
  ranges_[1]->setToolTip(tr("The largest standard deviation, in the units of the scale bar"));
  ranges_[2]->setToolTip(tr("In how many photos the splat's centre is inside the picture"));
  for (RangeField* field : ranges_) {
    layout->addWidget(field);
    connect(field, &RangeField::changed, this, &CleanPanel::send_criteria);
  }
}

void CleanPanel::make_counts(QVBoxLayout* layout) {
  matching_->setObjectName("clean_matching");
  selected_->setObjectName("clean_selected");
  auto* row = new QVBoxLayout;
  row->setSpacing(2);
  row->addWidget(matching_);
  row->addWidget(selected_);
  layout->addLayout(row);
  layout->addWidget(make_suggestion());
}

QWidget* CleanPanel::make_suggestion() {
  suggestion_->setObjectName("clean_suggestion");
  suggestion_->setFrameShape(QFrame::StyledPanel);
  suggestion_text_->setObjectName("clean_suggestion_text");
  suggestion_text_->setWordWrap(true);
  auto* layout = new QVBoxLayout(suggestion_);
  layout->setContentsMargins(8, 6, 8, 8);
  layout->addWidget(suggestion_text_);
  auto* row = new QHBoxLayout;
  row->addWidget(button(tr("Add to the selection"), "clean_accept", tr("Nothing is deleted yet"),
                        [this] { select(scene::Combine::add); }),
                 1);
  row->addWidget(button(tr("Dismiss"), "clean_dismiss", {}, [this] { send_criteria(); }));
  layout->addLayout(row);
  suggestion_->hide();
  return suggestion_;
}

void CleanPanel::make_buttons(QVBoxLayout* layout) {
  const auto row = [layout](std::initializer_list<std::pair<QPushButton*, int>> buttons) {
    auto* line = new QHBoxLayout;
    line->setSpacing(4);
    for (const auto& [b, stretch] : buttons) line->addWidget(b, stretch);
    layout->addLayout(line);
  };
  using scene::Combine;
  with_matches_ = {
      button(tr("Select"), "clean_select", tr("Select what matches, and nothing else"),
             [this] { select(Combine::replace); }),
      button(tr("Add"), "clean_add", tr("Add what matches to the selection"), [this] { select(Combine::add); }),
      button(tr("Subtract"), "clean_subtract", tr("Take what matches out of the selection"),
             [this] { select(Combine::subtract); })};
  with_selection_ = {
      button(tr("None"), "clean_none", tr("Select nothing"), [this] { edit(&CleanSession::select_none); }),
      button(tr("Delete selected"), "clean_delete", tr("Delete"), [this] { edit(&CleanSession::remove_selected); })};
  with_box_ = {
      button(tr("Keep only the box"), "clean_crop", tr("Delete everything outside the box"), [this] { crop(); })};
  undo_button_ = button(tr("Undo"), "clean_undo", {}, [this] { edit(&CleanSession::undo); });
  redo_button_ = button(tr("Redo"), "clean_redo", {}, [this] { edit(&CleanSession::redo); });
  save_button_ =
      button(tr("Save..."), "clean_save", tr("Save the cleaned model as a 3DGS PLY file"), [this] { save(); });
  row({{with_matches_[0], 1}, {with_matches_[1], 1}, {with_matches_[2], 1}});
  row({{button(tr("Invert"), "clean_invert", tr("Select what is not selected"),
               [this] { edit(&CleanSession::invert); }),
        2},
       {with_selection_[0], 2},
       {button(tr("Suggest floaters"), "clean_suggest",
               tr("Splats that are alone, huge or nearly transparent among their like, or that fewer than two photos "
                  "see"),
               [this] { suggest(); }),
        3}});
  row({{with_selection_[1], 1}, {with_box_[0], 1}});
  row({{undo_button_, 1}, {redo_button_, 1}, {save_button_, 1}});
}

}  // namespace tessera::app
