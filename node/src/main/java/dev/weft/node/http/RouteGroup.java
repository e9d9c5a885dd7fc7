package dev.weft.node.http;

import java.util.List;

/** A few routes that belong together. */
public abstract sealed class RouteGroup
        permits AdminRoutes,
                AskRoutes,
                DisclosureRoutes,
                ErasureRoutes,
                LinkRoutes,
                LogRoutes,
                MarquezRoutes,
                OpenLineageRoutes,
                PolicyRoutes,
                RecordRoutes,
                ReleaseRoutes,
                StatementRoutes,
                StatusRoutes,
                StewardRoutes {
    /** In the order in which they stand in the description. */
    abstract List<Route> routes();
}
