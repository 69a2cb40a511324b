/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.BundleSource;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Diagnostics;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.EntityState;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.WalletRecord;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Compiles a bundle's directory. Stateless; any thread. */
public final class BundleCompiler {
    private BundleCompiler() {}

    /** As {@link #compile(Path, InstantSource)}, with the system's clock. */
    public static CompileResult compile(Path dir) {
        return compile(dir, InstantSource.system());
    }

    /**
     * Reads and compiles. Does not throw for what the files hold or lack: every mistake is a diagnostic.
     *
     * @param dir holds tollgate.yaml
     * @param clock decides about warnings (what has expired), never about records
     */
    public static CompileResult compile(Path dir, InstantSource clock) {
        Diagnostics diagnostics = new Diagnostics();
        BundleSource source = BundleSource.read(dir, diagnostics);
        if (source.of(Folder.ROOT).isEmpty() && !diagnostics.hasErrors()) {
            diagnostics.error(
                    Position.ofFile(Folder.ROOT_FILE),
                    Code.MISSING_KEY,
                    "the file is empty: the bundle has no name",
                    "write at least 'bundle: NAME'");
        }
        Optional<CompiledBundle> bundle = source.of(Folder.ROOT).isEmpty()
                ? Optional.empty()
                : Optional.of(compile(source, new Compilation(source, diagnostics, clock.millis())));
        return new CompileResult(diagnostics.sorted(), diagnostics.hasErrors() ? Optional.empty() : bundle);
    }

    private static CompiledBundle compile(BundleSource source, Compilation compilation) {
        BundleSettings settings = BundleSettings.of(compilation);
        RegistryCompiler registryCompiler = new RegistryCompiler(compilation);
        UnitTable units = registryCompiler.units();
        Registry registry = registryCompiler.compile();

        ScopeTree tree = new ScopeTree(Position.ofFile(Folder.ROOT_FILE));
        tree.global().record().setState(EntityState.ENTITY_STATE_ACTIVE).setDisplayName("Global");
        BillingCompiler billing = new BillingCompiler(compilation, registry, units, tree, settings);
        billing.plans();
        DirectoryCompiler directory = new DirectoryCompiler(compilation, registry, tree);
        directory.compile();
        billing.subscriptions();

        LimitsCompiler limits = new LimitsCompiler(compilation, registry, units, tree, settings);
        limits.compile();
        new OverrideCompiler(compilation, registry, units, tree, limits).compile();
        new CeilingChecks(compilation, registry).check(tree);
        List<PolicyRecord> policies = new PolicyCompiler(compilation, registry, tree, directory).compile();

        Money money = new Money(compilation, registry.record().getMoneyScale());
        List<CapacityPoolRecord> pools = new CapacityCompiler(compilation, registry, units, tree).compile();
        List<PriceBookRecord> prices = new PriceCompiler(compilation, registry, units, money).compile();
        List<WalletRecord> wallets = new WalletCompiler(compilation, billing, money).compile();
        new CreditChecks(compilation, registry, tree, prices, wallets).check(billing.entitlementSets());
        List<BundleTest> tests = new TestCompiler(compilation, registry, tree).compile();

        CompiledBundle bundle = new CompiledBundle(
                settings.bundle(),
                source.digest(),
                settings.bounds(),
                settings.reservationTtlMs(),
                registry.record(),
                policies,
                billing.entitlementSets(),
                tree.records(),
                new CompiledBundle.Commerce(prices, wallets, pools),
                tests);
        RecordSizes.check(compilation, bundle);
        return bundle;
    }
}
