package dev.steerage.local;

import dev.steerage.gateway.GatewayCommand;
import dev.steerage.gateway.model.ModelTexts;
import dev.steerage.gateway.model.Replays;
import java.nio.file.Path;
import java.util.Map;

/// Gives the gateway what only modules with an engine can read: it depends on none itself.
final class FoldersAtHand implements GatewayCommand.ModelsAtHand {

  @Override
  public ModelTexts texts(Path models) {
    return new FolderTexts(models);
  }

  @Override
  public Replays replays(String bootstrap, Map<String, String> client, Path models) {
    return new FolderReplays(bootstrap, client, models);
  }
}
