// kill_flow flow PHOTOS | kill_flow train PHOTOS | kill_flow check PHOTOS: the way through the studio that
// kill_test.cpp ends at any instant, a training without checkpoints of its own, and what a fresh window finds
// afterwards. Names of what it has reached go to stderr, the findings as JSON to stdout.
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTest>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "app/studio/exit_guard.h"
#include "app/studio/main_window.h"
#include "app/studio/option_table.h"
#include "app/studio/theme.h"
#include "app/studio/viewport.h"
#include "reconstruct/project/project.h"
#include "reconstruct/run/inputs.h"
#include "scene/error.h"

using namespace tessera;
using namespace tessera::app;
namespace fs = std::filesystem;

namespace {

constexpr int kLongest = 120'000;  // ms
constexpr int kSteps = 200;

void reached(const char* what) { std::cerr << "[" << what << "]" << std::endl; }

class Flow {
 public:
  explicit Flow(MainWindow& window) : window_(window) {
    QObject::connect(&window.workspace(), &Workspace::stepped,
                     [this](const reconstruct::TrainMetrics& m) { step_ = m.step; });
  }

  void begin(const fs::path& photos, const char* checkpoint_every) {
    window_.open(photos);
    wait([this] { return idle() && window_.workspace().dataset(); });
    reached("opened");
    window_.findChild<QComboBox*>("preset")->setCurrentIndex(0);
    window_.findChild<QSpinBox*>("iterations")->setValue(kSteps);
    window_.findChild<QSpinBox*>("max_splats")->setValue(2000);
    set_option("checkpoint_every", checkpoint_every);
    set_option("eval", "off");
    click("start");
    wait([this] { return step_ > 20; });
  }

  /// Waits with a run under way, or paused, for the display to go.
  void train(const fs::path& photos, bool paused) {
    begin(photos, "0");
    if (paused) click("pause");
    reached("training");
    wait([this] { return idle(); });
  }

  void go(const fs::path& photos) {
    begin(photos, "4");
    click("pause");
    reached("paused");
    QTest::qWait(50);
    click("pause");
    reached("continued");
    wait([this] { return step_ > kSteps / 3 || idle(); });
    click("stop");
    wait([this] { return idle(); });
    reached("stopped");
    click("start");
    reached("resumed");
    wait([this] { return idle(); });
    reached("finished");
    window_.close();
  }

  nlohmann::json look(const fs::path& path) {
    std::string problem;
    QObject::connect(&window_.workspace(), &Workspace::failed,
                     [&](const QString& message) { problem = message.toStdString(); });
    QObject::connect(&window_.workspace(), &Workspace::asked,
                     [&](Workspace::Question, const QString& why) { problem = "asks: " + why.toStdString(); });
    QStringList warnings;
    QObject::connect(&window_.workspace(), &Workspace::warned, [&](const QString& line) { warnings << line; });
    window_.open(path);
    wait([&] { return idle() && (window_.workspace().dataset() || !problem.empty()); });
    QTest::qWait(0);
    Workspace& workspace = window_.workspace();
    nlohmann::json found = {{"problem", problem},
                            {"warnings", warnings.join("; ").toStdString()},
                            {"project", workspace.project() != nullptr},
                            {"run", workspace.run().string()},
                            {"offer", window_.findChild<QPushButton*>("start")->text().toStdString()},
                            {"note", window_.findChild<QLabel*>("train_status")->text().toStdString()},
                            {"splats", workspace.model() ? workspace.model()->size() : 0},
                            {"points", workspace.dataset() ? workspace.dataset()->points.size() : 0}};
    if (!workspace.run().empty()) found["state"] = reconstruct::run_state(workspace.run());
    return found;
  }

  /// Takes what is offered, to the end.
  void go_on() {
    click("start");
    wait([this] { return idle(); });
  }

 private:
  bool idle() const { return !window_.workspace().busy(); }
  template <class Condition>
  static void wait(Condition condition) {
    if (!QTest::qWaitFor(condition, kLongest)) throw std::runtime_error("the studio does not get there");
  }
  void click(const char* name) { QTest::mouseClick(window_.findChild<QPushButton*>(name), Qt::LeftButton); }
  void set_option(const char* name, const char* value) {
    window_.findChild<OptionTable*>("option_table")->set(name, value);
  }

  MainWindow& window_;
  std::uint32_t step_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  const QStringList words = QApplication::arguments();
  if (words.size() < 3) return 2;
  const fs::path photos = words[2].toStdString();
  QApplication::setApplicationName("kill-flow");
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope,
                     QString::fromStdString((photos.parent_path() / "settings").string()));
  set_theme(application, true);
  MainWindow window;
  window.show();
  if (!QTest::qWaitForWindowExposed(&window)) return 1;
  reached("shown");
  const ExitGuard guard(window.workspace());
  Flow flow(window);
  if (words[1] == "flow") {
    flow.go(photos);
    return 0;
  }
  if (words[1] == "train") {
    flow.train(photos, words.contains("paused"));
    return 0;
  }
  const fs::path project = photos.string() + "-tessera";
  const bool goes_on = window.findChild<QPushButton*>("welcome_resume") != nullptr;
  nlohmann::json found = flow.look(reconstruct::is_project(project) ? project : photos);
  found["welcome_goes_on"] = goes_on;
  if (words.contains("go_on") && found["offer"] == "Resume training") flow.go_on();
  std::cout << found.dump() << std::endl;
  window.close();
  return 0;
}
