#include "app/studio/view_share.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QSettings>
#include <algorithm>
#include <iterator>

#include "app/studio/viewport.h"

namespace tessera::app {
namespace {

constexpr int kShares[] = {10, 25, 50, 100};  // percent
constexpr int kUsual = 25;
constexpr char kKey[] = "view/share_while_training";

}  // namespace

ViewShare::ViewShare(Studio& studio, QObject* parent)
    : QObject(parent), studio_(studio), percent_(QSettings().value(kKey, kUsual).toInt()) {
  if (std::find(std::begin(kShares), std::end(kShares), percent_) == std::end(kShares)) percent_ = kUsual;
  using Menu = Actions::Menu;
  studio_.actions.add_separator(Menu::view);
  QMenu* menu = studio_.actions.add_submenu(Menu::view, tr("Time for the View While T&raining"));
  menu->setToolTip(tr("Where training and the view share the processor"));
  auto* group = new QActionGroup(this);
  for (const int percent : kShares) {
    QAction* action = menu->addAction(tr("%1 %").arg(percent));
    action->setObjectName(QString("view_share_%1").arg(percent));
    action->setCheckable(true);
    action->setChecked(percent == percent_);
    group->addAction(action);
    connect(action, &QAction::triggered, this, [this, percent] {
      percent_ = percent;
      QSettings().setValue(kKey, percent);
      apply(studio_.workspace.state());
    });
  }
  connect(&studio_.workspace, &Workspace::state_changed, this, &ViewShare::apply);
}

void ViewShare::apply(Workspace::State state) {
  studio_.viewport.set_share(state == Workspace::State::training ? 0.01 * percent_ : 1);
}

}  // namespace tessera::app
