package org.fewstep.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fewstep recipes [NAME]}: the recipes that come with the program, or the text of one. */
@Command(
        name = "recipes",
        mixinStandardHelpOptions = true,
        description = "List the built-in recipes, or print one to start an own from.")
final class RecipesCommand implements Callable<Integer> {
    private final Screen screen;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Print this recipe's YAML.")
    private @Nullable String name;

    RecipesCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        if (name != null) {
            screen.out().print(RecipeText.builtIn(name).yaml());
            return ExitCode.OK.code();
        }
        Table table = new Table("recipe", "description");
        for (String builtIn : RecipeText.BUILT_IN) {
            Map<String, Object> recipe = RecipeText.builtIn(builtIn).map();
            table.row(builtIn, String.valueOf(recipe.get("description")));
        }
        table.lines().forEach(screen::line);
        return ExitCode.OK.code();
    }
}
