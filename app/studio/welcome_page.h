#pragma once

#include <QWidget>
#include <filesystem>

class QVBoxLayout;

namespace tessera::app {

/// What the window shows until something is open.
class WelcomePage : public QWidget {
  Q_OBJECT
 public:
  explicit WelcomePage(QWidget* parent = nullptr);

 Q_SIGNALS:
  void photos_wanted();  // a folder to be chosen
  void video_wanted();
  void dataset_wanted();
  void sample_wanted();
  void model_wanted();
  void run_wanted(std::filesystem::path run);  // to go on with one that was cut short
  void path_wanted(std::filesystem::path path);

 private:
  void add_recent(QVBoxLayout* column);
};

}  // namespace tessera::app
