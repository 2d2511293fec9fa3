from django.urls import path

from .views import NewProduct, ProductExport, ProductList, ProductPage

urlpatterns = [
    path("", ProductList.as_view(), name="products"),
    path("export.csv", ProductExport.as_view(), name="products_export"),
    path("new/", NewProduct.as_view(), name="product_new"),
    path("<slug:slug>/", ProductPage.as_view(), name="product"),
]
